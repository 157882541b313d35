import { z } from 'zod';
import { envelope, frameData } from './protocol/frames.ts';
import { edgeDomain, edgePayload, ndjsonHeader, ndjsonTrailer } from './schema.ts';

/** What has a JSON Schema, the default first. */
export const schemaNames = ['payload', 'ndjson', 'protocol'] as const;

export type SchemaName = (typeof schemaNames)[number];

/** Any frame: which `data` goes with which `type`. */
function frame(): z.ZodType {
  const frames = Object.entries(frameData).map(([type, data]) =>
    envelope.extend({ type: z.literal(type), data }),
  );
  return z.union(frames);
}

const sources: Record<SchemaName, { title: string; of: () => z.ZodType }> = {
  payload: { title: 'netgoat.edge/1: the payload of an edge', of: () => edgePayload },
  ndjson: {
    title: 'netgoat.edge/1: a line of the payload as ndjson: the first, a domain, the last',
    of: () => z.union([ndjsonHeader, edgeDomain, ndjsonTrailer]),
  },
  protocol: { title: 'netgoat.edge.v1: a frame between control plane and edge', of: frame },
};

/**
 * The JSON Schema (2020-12) of what is written and sent, made of what netgoat itself checks it with. Order, checksums
 * and signatures are beyond it.
 */
export function jsonSchema(name: SchemaName): object {
  const { title, of } = sources[name];
  const { $schema, ...schema } = z.toJSONSchema(of(), { io: 'input' });
  return { $schema, title, ...schema };
}
