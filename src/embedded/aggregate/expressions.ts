import type { Document } from 'bson';
import { decodePlain, encode } from '../bson/raw.ts';
import type { Predicate } from '../query/predicate.ts';
import { notSupported, ServerError } from '../server-error.ts';

type Mingo = typeof import('mingo');
type Pipeline = Record<string, unknown>[];

let mingo: Mingo | undefined;

/** Loads what evaluates expressions. A command that uses one waits for it; the others start without it. */
export async function loadExpressions(): Promise<void> {
  mingo ??= await import('mingo');
}

function loaded(): Mingo {
  if (!mingo) throw new ServerError(1, 'an expression was met before expressions were loaded');
  return mingo;
}

/** True if a filter or command mentions `$expr` at any depth. */
export function mentionsExpression(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(mentionsExpression);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return false;
  return Object.entries(value).some(([key, inner]) => key === '$expr' || mentionsExpression(inner));
}

/** A value as expressions see it: numbers as JavaScript numbers, int64 beyond 2^53 as Long. */
export function plain<T>(value: T): T {
  return decodePlain(encode({ v: value }))['v'] as T;
}

function translate(error: unknown): never {
  if (error instanceof ServerError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  if (/scriptEnabled/.test(message)) throw notSupported('server-side JavaScript');
  const name = /\$[A-Za-z]+/.exec(message)?.[0];
  if (name && /(?:not registered|unknown|unregistered).*operator|operator .*(?:not|un)/i.test(message)) {
    throw new ServerError(168, `Unrecognized expression '${name}'`);
  }
  throw new ServerError(2, message);
}

/** The test of `$expr` on a raw document. `variables` are the `let` variables of the command. */
export function expressionTest(expression: unknown, variables: Document | undefined): Predicate {
  try {
    const query = new (loaded().Query)({ $expr: plain(expression) } as Document, {
      scriptEnabled: false,
      ...(variables ? { variables } : {}),
    });
    return (raw, offset = 0) => {
      const document = offset === 0 ? raw : raw.subarray(offset, offset + raw.readInt32LE(offset));
      try {
        return query.test(decodePlain(document));
      } catch (error) {
        return translate(error);
      }
    };
  } catch (error) {
    return translate(error);
  }
}

/** Runs aggregation stages over plain documents. */
export function runStages(
  documents: Document[],
  stages: readonly Document[],
  variables?: Document,
): Document[] {
  try {
    const options = { scriptEnabled: false, ...(variables ? { variables } : {}) };
    return new (loaded().Aggregator)(plain(stages) as Pipeline, options).run(documents) as Document[];
  } catch (error) {
    return translate(error);
  }
}

/** The value of one expression for a plain document; undefined where it is missing. */
export function evaluate(document: Document, expression: unknown, variables?: Document): unknown {
  const [result] = runStages([document], [{ $project: { _id: 0, v: expression } }], variables);
  return result?.['v'];
}
