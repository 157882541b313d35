import { jsonSchema, schemaNames } from '../../edge/json-schema.ts';
import type { SchemaName } from '../../edge/json-schema.ts';
import { text } from '../outcome.ts';
import type { InspectSpec } from '../spec.ts';

export const schema: InspectSpec = {
  name: 'schema',
  summary: 'print the JSON Schema (2020-12) of the payload, as in docs/edge-payload.schema.json',
  effect: 'inspect',
  raw: true,
  args: [
    {
      name: 'of',
      description: `of the ${schemaNames[0]} by default; ndjson: of each of its lines; protocol: of each frame`,
      optional: true,
      choices: schemaNames,
    },
  ],
  examples: ['netgoat sync schema', 'netgoat sync schema protocol > edge-protocol.schema.json'],
  inspect: async (_context, _open, { of = schemaNames[0] }) =>
    text(`${JSON.stringify(jsonSchema(of as SchemaName), null, 2)}\n`),
};
