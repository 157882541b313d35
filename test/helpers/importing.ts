import type { ControlPlane } from './control-plane.ts';
import type { RunResult } from './run-cli.ts';

interface ShownZone {
  zone: Record<string, unknown>;
  revision: number;
  zoneRevision: number;
}

const COLUMNS = 'name,ttl,type,value,proxied,enabled,comment,tags';

/** What tests of imports do again and again; there must be a team `acme`. */
export function importing(plane: ControlPlane) {
  let made = 0;

  /** A domain of its own, with these records. */
  async function zone(stored = ''): Promise<string> {
    made += 1;
    const domain = `zone-${made}.example`;
    await plane.ok(`domain add ${domain} --team acme`);
    if (stored !== '') await plane.ok(`dns import ${domain} -`, { stdin: stored });
    return domain;
  }

  /** Imports a text, or lines, from stdin. */
  function load(domain: string, file: string | readonly string[], flags = ''): Promise<RunResult> {
    const stdin = typeof file === 'string' ? file : file.map((line) => `${line}\n`).join('');
    return plane.run(`dns import ${domain} - ${flags}`, { stdin });
  }

  /** The records of a domain in a few words each. */
  async function rows(domain: string): Promise<string[]> {
    const found = await plane.json<Record<string, unknown>[]>(`dns list ${domain} --json ${COLUMNS}`);
    return found.map(({ name, ttl, type, value, proxied, enabled, comment, tags }) =>
      [
        `${String(name)} ${String(ttl)} ${String(type)} ${String(value)}`,
        ...(proxied === true ? ['proxied'] : []),
        ...(enabled === false ? ['disabled'] : []),
        ...(comment === '' ? [] : [String(comment)]),
        ...(tags as string[]),
      ].join(' | '),
    );
  }

  /** What the domain says of its zone. */
  const zoneOf = (domain: string) =>
    plane.json<ShownZone>(`domain show ${domain} --json zone,revision,zoneRevision`);

  return { zone, load, rows, zoneOf };
}
