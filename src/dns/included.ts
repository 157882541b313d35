import type { Place } from './master-file/file-record.ts';
import { dnsRules } from './rules.ts';
import type { Finding } from './rules.ts';

/**
 * A finding as it may be told. Of one that has to do with a file that another one includes only the rule and the lines
 * are, as of what cannot be read there: it may be a file that whoever reads the message must not see.
 */
export function tellable(finding: Finding): Finding {
  const { rule, level, name, type, message, place, related } = finding;
  if (![place, ...(related ?? [])].some(isIncluded)) return finding;
  const about = isIncluded(place) ? { name: '' } : { name, ...(type === undefined ? {} : { type }) };
  return {
    rule,
    level,
    ...about,
    message: dnsRules.find(({ id }) => id === rule)?.summary ?? message,
    ...(place === undefined ? {} : { place }),
    ...(related === undefined ? {} : { related }),
  };
}

function isIncluded(place: Place | undefined): boolean {
  return place?.included === true;
}
