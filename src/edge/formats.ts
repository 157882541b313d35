import { edgeFormat } from './formats/edge.ts';
import { ndjsonFormat } from './formats/ndjson.ts';
import type { Payload } from './payload.ts';

type EdgeFormat = (payload: Payload, generatedAt: Date) => AsyncIterable<string>;

/** The formats of `sync show`, the default first; a new one is a file in formats/ and a line here. */
export const edgeFormats = {
  edge: edgeFormat,
  ndjson: ndjsonFormat,
} satisfies Record<string, EdgeFormat>;

export type EdgeFormatName = keyof typeof edgeFormats;
