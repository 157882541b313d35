import type { z } from 'zod';
import { byNameTypeValue, byPriority } from '../edge-domain.ts';
import { newChecksum } from '../checksum.ts';
import type { Checksum } from '../checksum.ts';
import { edgeDomain, edgePayload, ndjsonHeader, ndjsonTrailer } from '../schema.ts';
import type { EdgeDomain, Signature } from '../schema.ts';
import type { Verifier } from '../signature.ts';
import { decoded } from './decode.ts';
import { JsonText } from './json-text.ts';
import type { JsonPiece } from './json-text.ts';
import { readParts } from './parts.ts';
import type { Parts } from './parts.ts';

/** What is wrong with a payload that can be read. */
export interface Problem {
  /** In the file, from 1. */
  line: number;
  hostname: string | null;
  /** Where in the domain or in the payload, `dns.0.ttl`; empty for all of it. */
  path: string;
  message: string;
}

/** What a payload says of itself, null where it does not, and what is wrong with it. */
export interface CheckedPayload {
  readonly format: Parts['format'];
  readonly version: number | null;
  readonly generatedAt: string | null;
  readonly checksum: string | null;
  /** How many domains it has. */
  readonly count: number;
  readonly signature: Signature | null;
  /** The first ones. */
  readonly problems: readonly Problem[];
  /** How many more there are. */
  readonly unlisted: number;
}

/** One in a line: `line 3, shop.example.com, dns.0.ttl: …`. */
export function problemText({ line, hostname, path, message }: Problem): string {
  const place = [`line ${line}`, hostname, path].filter((part) => part !== null && part !== '');
  return `${place.join(', ')}: ${message}`;
}

const MOST_PROBLEMS = 20;

const payloadHead = edgePayload.omit({ domains: true });

interface CheckOptions {
  /** The payload must be signed with its key. */
  verifier?: Verifier;
  /** Is given each domain that fits the schema, as a line of JSON. */
  onDomain?: (line: string) => Promise<void>;
}

/**
 * Reads a payload in the format `edge` or `ndjson`, whichever it is, and checks all that it says: the schema, the order,
 * the checksum, the count, the signature. However long it is, one domain of it is held at a time.
 * @param name how messages name it.
 * @throws NetgoatError usage: it is no payload, malformed or cut off; whatever `bytes` throws.
 */
export async function checkPayload(
  name: string,
  bytes: AsyncIterable<Uint8Array | string>,
  { verifier, onDomain }: CheckOptions = {},
): Promise<CheckedPayload> {
  const problems = new Problems();
  const domains = new Domains(problems);
  const text = new JsonText(name, decoded(name, bytes));
  const parts = await readParts(name, text, async (piece) => {
    const domain = domains.add(piece);
    if (domain !== null) await onDomain?.(JSON.stringify(domain));
  }).finally(() => text.close());
  const head = readHead(parts, problems);
  const { version, checksum, signature } = head;
  const { line } = parts;
  if (head.count !== null && head.count !== domains.count) {
    problems.add(
      line,
      `it says that there are ${head.count} domains, and there are ${domains.count}`,
      'domains',
    );
  }
  const found = domains.digest();
  if (checksum !== null && found !== null && found !== checksum) {
    problems.add(line, `it says ${checksum}, and the domains give ${found}`, 'checksum');
  }
  const fault = signatureFault(head, verifier);
  if (fault !== null) problems.add(line, fault, 'signature');
  const { listed, unlisted } = problems;
  const { format } = parts;
  const { generatedAt } = head;
  return {
    format,
    version,
    generatedAt,
    checksum,
    count: domains.count,
    signature,
    problems: listed,
    unlisted,
  };
}

class Problems {
  readonly listed: Problem[] = [];
  unlisted = 0;

  add(line: number, message: string, path = '', hostname: string | null = null): void {
    if (this.listed.length < MOST_PROBLEMS) this.listed.push({ line, hostname, path, message });
    else this.unlisted += 1;
  }

  addAll(line: number, error: z.ZodError, hostname: string | null = null): void {
    for (const { path, message } of error.issues) this.add(line, message, path.join('.'), hostname);
  }
}

/** The domains that were read so far. */
class Domains {
  readonly #problems: Problems;
  #last = '';
  /** Null once a domain has no place in it: the checksum says nothing then that was not said. */
  #checksum: Checksum | null = newChecksum();
  count = 0;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** @returns the domain, if it is one and in its place. */
  add({ value, line }: JsonPiece): EdgeDomain | null {
    this.count += 1;
    const hostname = hostnameOf(value);
    const parsed = edgeDomain.safeParse(value);
    if (!parsed.success) this.#problems.addAll(line, parsed.error, hostname);
    const isSorted = hostname !== null && this.#follows(hostname, line);
    if (!parsed.success || !isSorted) {
      this.#checksum = null;
      return null;
    }
    return this.#isHashed(parsed.data, line) && this.#isInOrder(parsed.data, line) ? parsed.data : null;
  }

  digest(): string | null {
    return this.#checksum?.digest() ?? null;
  }

  #follows(hostname: string, line: number): boolean {
    const last = this.#last;
    this.#last = hostname;
    if (hostname > last) return true;
    const what =
      hostname === last ? 'it is there twice' : `it comes after ${last}: domains are sorted by hostname`;
    this.#problems.add(line, what, '', hostname);
    return false;
  }

  #isHashed(domain: EdgeDomain, line: number): boolean {
    try {
      this.#checksum?.add(domain);
      return true;
    } catch (error) {
      this.#checksum = null;
      this.#problems.add(line, (error as Error).message, '', domain.hostname);
      return false;
    }
  }

  #isInOrder({ hostname, dns, proxy }: EdgeDomain, line: number): boolean {
    const records = unsortedAt(dns, byNameTypeValue);
    const rules = unsortedAt(proxy?.waf ?? [], byPriority);
    if (records !== null) this.#problems.add(line, OUT_OF_ORDER, `dns.${records}`, hostname);
    if (rules !== null) this.#problems.add(line, OUT_OF_ORDER, `proxy.waf.${rules}`, hostname);
    return records === null && rules === null;
  }
}

const OUT_OF_ORDER = 'it does not come after the one before it';

/** The first that does not come after the one before it. */
function unsortedAt<T>(list: readonly T[], compare: (a: T, b: T) => number): number | null {
  const at = list.findIndex((each, index) => index > 0 && compare(list[index - 1]!, each) >= 0);
  return at === -1 ? null : at;
}

function hostnameOf(value: unknown): string | null {
  const { hostname } = (value ?? {}) as { hostname?: unknown };
  return typeof hostname === 'string' ? hostname : null;
}

type Head = Pick<CheckedPayload, 'version' | 'generatedAt' | 'checksum' | 'signature'> & {
  count: number | null;
};

/** What stands beside the domains; what does not fit the schema is a problem, and null. */
function readHead({ format, head, tail, line }: Parts, problems: Problems): Head {
  const read = (schema: z.ZodType, fields: unknown, at: number): Record<string, unknown> => {
    const parsed = schema.safeParse(fields);
    if (parsed.success) return parsed.data as Record<string, unknown>;
    problems.addAll(at, parsed.error);
    return {};
  };
  const fields: Record<string, unknown> =
    format === 'edge'
      ? read(payloadHead, head, 1)
      : { ...read(ndjsonHeader, head, 1), ...read(ndjsonTrailer, tail, line) };
  const { version = null, generatedAt = null, checksum = null, signature = null, domains = null } = fields;
  return { version, generatedAt, checksum, signature, count: domains } as Head;
}

function signatureFault(
  { version, checksum, signature }: Head,
  verifier: Verifier | undefined,
): string | null {
  if (verifier === undefined) return null;
  if (signature === null) return 'it is not signed';
  if (signature.key !== verifier.key) {
    return `it is signed with another key, ${signature.key}, and not with ${verifier.key}`;
  }
  if (version === null || checksum === null) return null;
  return verifier({ version, checksum }, signature)
    ? null
    : 'it is not the signature of this version and checksum';
}
