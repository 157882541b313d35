import type { Document } from 'bson';

/** Names of the error codes in use, as MongoDB's error_codes.yml has them. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  14: 'TypeMismatch',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  225: 'TransactionTooOld',
  251: 'NoSuchTransaction',
  263: 'OperationNotSupportedInTransaction',
  352: 'UnsupportedOpQueryCommand',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  14031: 'OutOfDiskSpace',
};

/** The label by which a driver starts a whole transaction again. */
export const TRANSIENT = 'TransientTransactionError';

/** What a client gets as `{ok: 0, code, codeName, errmsg, ...extra}`. */
export class ServerError extends Error {
  readonly code: number;
  readonly extra: Document;
  readonly labels: readonly string[];

  constructor(code: number, message: string, more: { extra?: Document; labels?: readonly string[] } = {}) {
    super(message);
    this.name = 'ServerError';
    this.code = code;
    this.extra = more.extra ?? {};
    this.labels = more.labels ?? [];
  }
}

/** The error for a feature that MongoDB has and this store leaves out. */
export function notSupported(feature: string): ServerError {
  return new ServerError(115, `${feature} is not supported by netgoat's embedded store`);
}

/** MongoDB's name of an error code; codes without one are called `Location<code>`. */
function codeName(code: number): string {
  return CODE_NAMES[code] ?? `Location${code}`;
}

/** The failed reply of a command. Errors of other kinds become InternalError, LMDB's full disk its own code. */
export function errorReply(error: unknown): Document {
  const known = error instanceof ServerError ? error : fromSystem(error);
  return {
    ok: 0,
    errmsg: known.message,
    code: known.code,
    codeName: codeName(known.code),
    ...known.extra,
    ...(known.labels.length > 0 ? { errorLabels: [...known.labels] } : {}),
  };
}

function fromSystem(error: unknown): ServerError {
  const message = error instanceof Error ? error.message : String(error);
  if (/no space left|ENOSPC|quota exceeded|file too large|MDB_MAP_FULL|disk full/i.test(message)) {
    return new ServerError(14031, `the disk that holds the store is full (${message})`);
  }
  if (/permission denied|read-?only|EACCES|EROFS/i.test(message)) {
    return new ServerError(20, `the store cannot be written (${message})`);
  }
  return new ServerError(1, message);
}
