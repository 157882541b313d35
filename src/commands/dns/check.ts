import { checkAllowed } from '../../changes/zone-rules.ts';
import type { Context } from '../../context.ts';
import { quoted } from '../../dns/error.ts';
import { readName } from '../../dns/labels.ts';
import { inLineOrder } from '../../dns/line-order.ts';
import { NetgoatError } from '../../errors.ts';
import { isId } from '../../queries/lookup.ts';
import { checkStoredZone, checkZoneFile } from '../../queries/zone-check.ts';
import type { ZoneCheck } from '../../queries/zone-check.ts';
import { list, listAs } from '../outcome.ts';
import { formatOf } from '../print.ts';
import type { Call, InspectSpec, RawInput } from '../spec.ts';
import { shellWord } from '../shell-word.ts';
import { openZoneFile } from '../zone-input.ts';
import { problemColumns } from './check-view.ts';
import { annotations } from './github.ts';
import { domainArg } from './options.ts';
import { firstProblems, isAdvice, levelOf } from './problem-lines.ts';
import type { ZoneProblem } from './problem-lines.ts';
import { skippedLine, skippedTypes, skipTypeFlag } from './skip-types.ts';
import { unlessFile } from './unless-file.ts';

export const check: InspectSpec = {
  name: 'check',
  summary: 'look at a zone by every rule: the stored one, or a master file before it is imported',
  effect: 'inspect',
  list: true,
  args: [{ ...domainArg, optional: true }],
  options: [
    {
      flags: '--file <file>',
      description: 'a master file instead, - for stdin; needs no database',
      repeat: true,
    },
    { flags: '--origin <name>', description: 'the zone that the file is of, where no domain is named' },
    { flags: '--allow-include', description: 'let $INCLUDE read files in the folder of the file' },
    skipTypeFlag,
    {
      flags: '--allow <rule>',
      description:
        'lift this strict rule; may be repeated (those of import that are limits change nothing here)',
      repeat: true,
    },
    { flags: '--strict', description: 'advice counts too: exit 7' },
    { flags: '--team <slug>', description: 'only within this team; no matter of a file' },
    {
      flags: '-o, --output <format>',
      description: 'how to print',
      choices: ['table', 'json', 'ndjson', 'yaml', 'csv', 'github'],
    },
  ],
  examples: [
    'netgoat dns check shop.example.com',
    'netgoat dns check --file shop.zone --origin shop.example.com --strict',
    'netgoat dns check --file shop.zone --origin shop.example.com --output github',
  ],
  inspect: async (context, open, input) => {
    const allow = (input['allow'] ?? []) as string[];
    const strict = input['strict'] === true;
    checkAllowed(allow);
    const found = await look(context, open, input);
    context.world.stderr.write(skippedLine(found.skipped, (input['skipType'] ?? []) as string[]));
    const problems = inLineOrder([...found.problems, ...found.findings]);
    const columns = problemColumns(allow);
    const isGithub = input['output'] === 'github' && input['json'] === undefined;
    const isCut = !isGithub && isWholeTable(input);
    const isMinor = (problem: ZoneProblem) => isAdvice(problem) || allow.includes(problem.rule);
    const rows = isCut ? firstProblems(problems, isMinor) : problems;
    const more = moreThan(rows, problems, found.unlisted);
    const verdict = verdictOf(problems, found, { allow, strict, more });
    if (!isGithub) return list(rows, columns, '', verdict);
    const [file = '-'] = filesOf(input);
    const inFile = file !== '-';
    const own = (shown: ZoneProblem[]) => annotations(shown, { inFile, allowed: allow, strict });
    return listAs(own, rows, columns, verdict);
  },
};

/** Whether all of it would come as a table; who picks of it, or takes it with a program, gets what there is. */
function isWholeTable(input: RawInput): boolean {
  const { filter, sort, limit } = input;
  if ([filter, sort, limit].some((flag) => flag !== undefined)) return false;
  return formatOf(input) === 'table';
}

/** How many problems there are that are not told; one that could not be read is not kept behind the 50th. */
function moreThan(rows: readonly ZoneProblem[], problems: readonly ZoneProblem[], unlisted: number): string {
  const cut = problems.length - rows.length;
  if (cut + unlisted === 0) return '';
  return `and ${cut + unlisted} more${unlisted === 0 ? '; --output json has them all' : ''}`;
}

async function look(context: Context, open: () => Promise<Call>, input: RawInput): Promise<ZoneCheck> {
  const { domain, origin, allowInclude, skipType } = input;
  const [file, ...others] = filesOf(input);
  if (others.length > 0) {
    throw new NetgoatError('usage', '--file is given more than once', {
      hint: 'each file is the zone of one domain: check them one after the other',
    });
  }
  if (file === undefined) {
    const ofFile = [origin, allowInclude, skipType].some((flag) => flag !== undefined);
    if (domain !== undefined && !ofFile) {
      const { store, access } = await open();
      const name = String(domain);
      const way = `for a file: netgoat dns check --file ${shellWord(name)} --origin NAME`;
      return unlessFile(context, name, way, () => checkStoredZone(store, access, name));
    }
    throw new NetgoatError('usage', domain === undefined ? 'missing <domain>, or --file' : 'missing --file', {
      hint: `for example: ${check.examples[domain === undefined ? 0 : 1]}`,
    });
  }
  if (domain === undefined && origin === undefined) {
    throw new NetgoatError('usage', 'missing --origin: which zone the file is of', {
      hint: `for example: ${check.examples[1]}`,
    });
  }
  const zone = zoneOf(String(origin ?? domain));
  if (domain !== undefined && zoneOf(String(domain)) !== zone) {
    throw new NetgoatError(
      'usage',
      `the file cannot be of ${quoted(String(domain))} and of ${quoted(zone)}`,
      {
        hint: 'name the domain, or --origin',
      },
    );
  }
  const skipTypes = skippedTypes((skipType ?? []) as string[]);
  const opened = await openZoneFile(context, file, { allowInclude: allowInclude === true });
  return checkZoneFile(opened, { origin: zone, skipTypes });
}

function filesOf(input: RawInput): string[] {
  return (input['file'] ?? []) as string[];
}

/** A zone's name need not be that of a host: `0/26.2.0.192.in-addr.arpa` (RFC 2317). */
function zoneOf(name: string): string {
  const zone = readName(name).labels.join('.');
  if (/^[a-z0-9_./-]*$/.test(zone) && !isId(zone)) return zone;
  throw new NetgoatError('usage', `${quoted(name)} is not the name of a zone`, {
    hint: 'name it in full, such as shop.example.com',
  });
}

/**
 * What it comes to: the exit code, and the line on stderr.
 * @param more the line above it on what is not shown.
 */
function verdictOf(
  problems: readonly ZoneProblem[],
  { records, unlisted }: ZoneCheck,
  { allow, strict, more }: { allow: readonly string[]; strict: boolean; more: string },
) {
  const isLifted = ({ rule }: ZoneProblem) => allow.includes(rule);
  const lifted = problems.filter(isLifted);
  const warnings = problems.filter(isAdvice);
  const refused = problems.filter((problem) => !isLifted(problem) && !isAdvice(problem));
  const errors = refused.length + unlisted;
  const strictOnes = refused.filter((problem) => levelOf(problem) === 'strict').length;
  const counts = [
    counted(errors, 'error') + (strictOnes > 0 ? ` (${strictOnes} strict)` : ''),
    counted(warnings.length, 'warning'),
    ...(lifted.length > 0 ? [`${lifted.length} allowed`] : []),
  ];
  const line = `${counted(records, 'record')}: ${counts.join(', ')}`;
  const note = more === '' ? {} : { note: more };
  if (errors > 0) return { code: 'usage', finding: line, ...note, ...wayOut(refused) } as const;
  if (strict && warnings.length > 0) return { finding: line, ...note };
  return { note: [more, line].filter((words) => words !== '').join('\n') };
}

/** Where nothing but strict rules stands in the way. */
function wayOut(refused: readonly ZoneProblem[]): { next?: string } {
  if (refused.length === 0 || refused.some((problem) => levelOf(problem) !== 'strict')) return {};
  const rules = [...new Set(refused.map(({ rule }) => rule))];
  return { next: `if that is meant, add ${rules.map((rule) => `--allow ${rule}`).join(' ')}` };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
