import mongoose from 'mongoose';
import type { Schema } from 'mongoose';
import { NetgoatError } from '../errors.ts';
import { isNormal } from './is-normal.ts';
import type { Documents, ModelName, Models } from './registry.ts';

/** No document may be larger, so that none meets MongoDB's own limit on the way through a transaction. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Casts a plain document to its schema, fills in defaults, and checks it.
 * @returns a plain document, fit to be stored as it is.
 * @throws NetgoatError usage: a field is unknown, missing, of the wrong type, or the whole is over 4 MiB.
 */
export async function normalize<N extends ModelName>(
  models: Models,
  name: N,
  plain: object,
): Promise<Documents[N]> {
  if (isNormal(models[name].schema as Schema, plain)) {
    checkSize(plain);
    return { ...plain } as Documents[N];
  }
  try {
    const document = new models[name](plain);
    await document.validate();
    const stored = document.toObject() as Documents[N];
    checkSize(stored);
    return stored;
  } catch (error) {
    throw isInputError(error) ? new NetgoatError('usage', describe(error), { cause: error }) : error;
  }
}

function isInputError(error: unknown): error is mongoose.Error {
  return error instanceof mongoose.Error;
}

function describe(error: mongoose.Error): string {
  if (!(error instanceof mongoose.Error.ValidationError)) return error.message;
  return Object.values(error.errors)
    .map((each) => each.message)
    .join('; ');
}

/** How large a document is where it is stored. */
export function octetsOf(document: object): number {
  return mongoose.mongo.BSON.calculateObjectSize(document as never);
}

function checkSize(document: object): void {
  const bytes = octetsOf(document);
  if (bytes <= MAX_BYTES) return;
  throw new NetgoatError('usage', `this makes a document of ${bytes} bytes; the limit is ${MAX_BYTES}`, {
    hint: 'shorten the largest value, or split it up',
  });
}
