import { beforeAll, beforeEach } from 'vitest';
import { certificateFor } from './certificates.ts';
import { controlPlane } from './control-plane.ts';
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

export const SHOP = 'shop.example.com';

/** A shop of the team acme, new and without alerts before each test of a file, and what looks at it. */
export interface CheckedShop {
  readonly plane: ControlPlane;
  /** Ends in 2049. */
  readonly lasting: Certificate;
  /** Checks the alerts of the team at a time, with all connections led to a port of this machine. */
  check(at: number, port: number, flags?: string): Promise<Check>;
  tls(): Promise<unknown>;
  incidents(): Promise<unknown>;
}

type Certificate = Awaited<ReturnType<typeof certificateFor>>;

/** Makes it for the tests of a file. */
export function checkedShop(): CheckedShop {
  let plane: ControlPlane;
  let lasting: Certificate;
  beforeAll(async () => {
    plane = await controlPlane('team add Acme', 'team add Globex');
    lasting = await certificateFor(plane.folder, `DNS:${SHOP}`);
  });
  beforeEach(async () => {
    await plane.run(`domain remove ${SHOP} --yes`);
    await plane.ok(`domain add ${SHOP} --team acme`);
  });
  return {
    get plane() {
      return plane;
    },
    get lasting() {
      return lasting;
    },
    check: async (at, port, flags = '') => {
      const command = `alert check --team acme --connect-to ::127.0.0.1:${port} ${flags} -o json`;
      const { code, stdout, stderr } = await plane.run(command, { now: new Date(at) });
      return { code, rows: stdout === '' ? [] : (JSON.parse(stdout) as CheckedAlert[]), stderr };
    },
    tls: () => plane.json(`domain tls show ${SHOP} -o json`),
    incidents: () => plane.json(`incident list --domain ${SHOP} --status all -o json`),
  };
}
