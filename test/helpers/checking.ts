import type { ControlPlane } from './control-plane.ts';

/** What `alert check -o json` says of an alert. */
export interface CheckedAlert {
  domain: string;
  kind: string;
  state: string;
  seen: string;
  incident: string | null;
  severity: string | null;
  event: string | null;
}

/** What a check came to. */
interface Check {
  code: number;
  rows: CheckedAlert[];
  stderr: string;
}

/** A time to count from, and its unit. */
export const START = Date.parse('2026-06-01T00:00:00Z');
export const MINUTE = 60_000;

/** What checks the alerts of the team acme at a time, with all connections led to a port of this machine. */
export function checking(
  plane: () => ControlPlane,
): (at: number, port: number, flags?: string) => Promise<Check> {
  return async (at, port, flags = '') => {
    const command = `alert check --team acme --connect-to ::127.0.0.1:${port} ${flags} -o json`;
    const { code, stdout, stderr } = await plane().run(command, { now: new Date(at) });
    return { code, rows: stdout === '' ? [] : (JSON.parse(stdout) as CheckedAlert[]), stderr };
  };
}
