import { openRegular } from '../../regular-file.ts';
import type { Store } from '../../database/store.ts';
import { NetgoatError } from '../../errors.ts';
import { readPayload } from '../payload.ts';
import type { Payload } from '../payload.ts';
import { checkPayload } from '../reading/check.ts';
import type { CheckedPayload } from '../reading/check.ts';
import type { EdgeScope } from '../scope.ts';
import type { Signature } from '../schema.ts';
import { Spool } from '../spool.ts';

/** What is pushed. */
export interface Source {
  readonly payload: Payload;
  readonly generatedAt: Date;
  /** The one that it came with. */
  readonly signature: Signature | null;
}

/** The state of the store. @throws NetgoatError as `readPayload`. */
export async function storeSource(store: Store, scope: EdgeScope, now: Date): Promise<Source> {
  return { payload: await readPayload(store, scope), generatedAt: now, signature: null };
}

/**
 * An export in the format edge or ndjson, once all of it was checked.
 * @param path absolute.
 * @param name how messages name it.
 * @param slugs the teams whose domains may be in it; null for any.
 * @throws NetgoatError usage: it cannot be read, is no payload or not as it says, or has domains of other teams.
 */
export async function fileSource(
  path: string,
  name: string,
  slugs: readonly string[] | null,
): Promise<Source> {
  const spool = new Spool();
  const foreign = new Set<string>();
  const { file } = await openRegular(path, name);
  try {
    const checked = await checkPayload(name, file.createReadStream({ autoClose: false }), {
      onDomain: async (line) => {
        if (slugs !== null) {
          const { team } = JSON.parse(line) as { team: string };
          if (!slugs.includes(team)) foreign.add(team);
        }
        await spool.add(line);
      },
    });
    refuseFaulty(name, checked);
    if (foreign.size > 0) throw foreignTeams(name, [...foreign]);
    const { version, checksum, count, generatedAt, signature } = checked;
    const payload = {
      version: version!,
      checksum: checksum!,
      count,
      lines: () => spool.lines(),
      close: () => spool.clear(),
    };
    return { payload, generatedAt: new Date(generatedAt!), signature };
  } catch (error) {
    await spool.clear();
    throw error;
  } finally {
    await file.close();
  }
}

function refuseFaulty(name: string, { problems, unlisted }: CheckedPayload): void {
  const [first] = problems;
  if (first === undefined) return;
  const { line, hostname, path, message } = first;
  const at = [hostname, path].filter((part) => part).join(' ');
  const more = problems.length - 1 + unlisted;
  const count = more === 0 ? '' : ` (and ${more} more)`;
  throw new NetgoatError('usage', `${name}, line ${line}: ${at === '' ? '' : `${at}: `}${message}${count}`, {
    hint: 'nothing was sent; `netgoat sync verify FILE` shows all that is wrong',
  });
}

const SHOWN_TEAMS = 5;

function foreignTeams(name: string, teams: readonly string[]): NetgoatError {
  const shown = teams.slice(0, SHOWN_TEAMS).join(', ');
  const more = teams.length > SHOWN_TEAMS ? ` and ${teams.length - SHOWN_TEAMS} more` : '';
  return new NetgoatError('usage', `${name} has domains of teams out of reach: ${shown}${more}`, {
    hint: 'leave out --team, or export the team alone with `netgoat sync show --team`',
  });
}
