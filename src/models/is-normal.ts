import mongoose from 'mongoose';
import type { Schema, SchemaType } from 'mongoose';

type Test = (value: unknown) => boolean;

/** What each kind of path tests a value by, null for a path that only Mongoose itself can judge. */
const tests: Record<string, (path: SchemaType) => Test | null> = {
  ObjectId: () => (value) => value instanceof mongoose.Types.ObjectId,
  Boolean: () => (value) => typeof value === 'boolean',
  Mixed: () => (value) => value !== null && value !== undefined,
  String: ({ options }) => {
    if (hasOther(options, ['required', 'default', 'maxlength'])) return null;
    const { required, maxlength = Infinity } = options as { required?: boolean; maxlength?: number };
    return (value) =>
      typeof value === 'string' && value.length <= maxlength && (value !== '' || required !== true);
  },
  Number: ({ options }) => {
    if (hasOther(options, ['required', 'default', 'min', 'max'])) return null;
    const { min = -Infinity, max = Infinity } = options as { min?: number; max?: number };
    return (value) => typeof value === 'number' && value >= min && value <= max;
  },
  Array: (path) => {
    if (hasOther(path.options, ['default'])) return null;
    const item = testOf((path as unknown as { embeddedSchemaType: SchemaType }).embeddedSchemaType);
    return item === null ? null : (value) => Array.isArray(value) && value.every(item);
  },
};

const PLAIN = ['type', 'ref'];

function hasOther(options: object, known: readonly string[]): boolean {
  return Object.keys(options).some((key) => !known.includes(key) && !PLAIN.includes(key));
}

function testOf(path: SchemaType): Test | null {
  return tests[path.instance]?.(path) ?? null;
}

const known = new WeakMap<object, ReadonlyMap<string, Test> | null>();

/**
 * Whether casting a plain document to the schema would change nothing and find nothing wrong. It is the quick way for
 * documents that come by the thousand; false says no more than that Mongoose has to look.
 */
export function isNormal(schema: Schema, document: object): boolean {
  if (!known.has(schema)) known.set(schema, testsOf(schema));
  const paths = known.get(schema);
  if (!paths) return false;
  const fields = Object.entries(document);
  return fields.length === paths.size && fields.every(([key, value]) => paths.get(key)?.(value) === true);
}

/** The test of each field; null where one cannot be had. */
function testsOf(schema: Schema): ReadonlyMap<string, Test> | null {
  const paths = new Map<string, Test>();
  for (const [name, path] of Object.entries(schema.paths)) {
    const test = testOf(path as SchemaType);
    if (test === null || name.includes('.')) return null;
    paths.set(name, test);
  }
  return paths;
}
