import { inert } from '../../output/sanitize.ts';

/** What an agent cannot be told, by what it is called for a person. */
const KINDS = {
  'no-upstream': 'routes, for want of an upstream',
  wildcard: 'wildcard names',
  'other-name': 'names that are no host names',
  'other-domain': 'names that belong to another domain',
  weight: 'weights of upstreams, which all get the same share',
  'health-check': 'paths of health checks',
  'rate-limit': 'rate limits',
  'edge-function': 'edge functions',
  header: 'headers',
  'cache-off': 'caching, because a domain beside them has it off',
  'cache-ttl': 'cache times, of which the shortest is taken',
  'cache-level': 'aggressive caching, taken as standard',
} as const;

export type NoteKind = keyof typeof KINDS;

/** So many are named of each kind; the others are counted. */
const MOST_EXAMPLES = 20;
const MOST_IN_HEADER = 3;
const LONGEST_EXAMPLE = 100;

interface Noted {
  count: number;
  examples: string[];
}

/** What of a payload an agent cannot be told: each kind with its number and the first few, whatever their number. */
export class Notes {
  readonly #kinds = new Map<NoteKind, Noted>();

  /** @param what a name: a host, or a host and the name of a thing. */
  add(kind: NoteKind, what: string): void {
    const noted = this.#of(kind);
    noted.count += 1;
    if (noted.examples.length < MOST_EXAMPLES) noted.examples.push(what);
  }

  /** Takes over what others hold. */
  addAll(kind: NoteKind, others: Notes): void {
    for (const { count, examples } of others.#kinds.values()) {
      const noted = this.#of(kind);
      noted.count += count;
      noted.examples.push(...examples.slice(0, MOST_EXAMPLES - noted.examples.length));
    }
  }

  /** For a person, a line a kind. */
  lines(): string[] {
    return this.#inOrder().map(
      ([kind, noted]) =>
        `an agent is not told of ${KINDS[kind]} (${noted.count}): ${named(noted, MOST_EXAMPLES)}`,
    );
  }

  /** For a header of HTTP: printable ASCII, its length bounded; empty where all is carried. */
  header(): string {
    const text = this.#inOrder()
      .map(([kind, noted]) => `${kind}=${noted.count} (${named(noted, MOST_IN_HEADER)})`)
      .join('; ');
    return text.replace(/[^\x20-\x7e]/g, '?');
  }

  #of(kind: NoteKind): Noted {
    let noted = this.#kinds.get(kind);
    if (noted === undefined) this.#kinds.set(kind, (noted = { count: 0, examples: [] }));
    return noted;
  }

  #inOrder(): [NoteKind, Noted][] {
    return (Object.keys(KINDS) as NoteKind[]).flatMap((kind) => {
      const noted = this.#kinds.get(kind);
      return noted === undefined ? [] : [[kind, noted] as [NoteKind, Noted]];
    });
  }
}

function named({ count, examples }: Noted, most: number): string {
  const shown = examples.slice(0, most).map((each) => inert(each).slice(0, LONGEST_EXAMPLE));
  return count > shown.length ? `${shown.join(', ')}, ...` : shown.join(', ');
}
