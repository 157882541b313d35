import type { Store } from '../database/store.ts';
import { agentFormat } from './formats/agent.ts';
import { edgeFormat } from './formats/edge.ts';
import { ndjsonFormat } from './formats/ndjson.ts';
import { zoneFormat } from './formats/zone.ts';
import { readPayload } from './payload.ts';
import type { Payload } from './payload.ts';
import type { EdgeScope } from './scope.ts';
import type { Signature } from './schema.ts';
import type { Signer } from './signature.ts';

/** What a format is given besides what it shows. */
export interface Showing {
  readonly generatedAt: Date;
  /** Null: nothing is signed. A format that has no place for a signature is never given one. */
  readonly sign: Signer | null;
  /** Is told, a line each, of what the format cannot carry. */
  readonly note: (line: string) => void;
}

/** The state of a scope, ready to be written in one format, kept apart from the store. */
export interface Shown {
  /** What it has in it, for a person: `2 domains, version 7, checksum …`. */
  readonly summary: string;
  chunks(): AsyncIterable<string>;
  close(): Promise<void>;
}

export interface EdgeFormat {
  /** Whether it has a place for a signature. */
  readonly signs: boolean;
  /** @throws NetgoatError as `readPayload`. */
  read(store: Store, scope: EdgeScope, showing: Showing): Promise<Shown>;
}

/** The text of a payload; `signature` is null where nothing is signed. */
type Spelled = (
  payload: Payload,
  showing: Showing & { signature: Signature | null },
) => AsyncIterable<string>;

/** A format that has all it needs in the payload. */
function ofPayload(signs: boolean, spell: Spelled): EdgeFormat {
  return {
    signs,
    read: async (store, scope, showing) => {
      const payload = await readPayload(store, scope);
      const { version, checksum, count } = payload;
      const signature = showing.sign?.({ version, checksum }) ?? null;
      return {
        summary: `${counted(count)}, version ${version}, checksum ${checksum}`,
        chunks: () => spell(payload, { ...showing, signature }),
        close: () => payload.close(),
      };
    },
  };
}

/** The formats of `sync show`, the default first; a new one is a file in formats/ and a line here. */
export const edgeFormats = {
  edge: ofPayload(true, edgeFormat),
  ndjson: ofPayload(true, ndjsonFormat),
  agent: ofPayload(false, agentFormat),
  zone: zoneFormat,
} satisfies Record<string, EdgeFormat>;

export type EdgeFormatName = keyof typeof edgeFormats;

/** So many domains, in words. */
function counted(count: number): string {
  return `${count} domain${count === 1 ? '' : 's'}`;
}
