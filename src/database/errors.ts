import { NetgoatError } from '../errors.ts';

interface DriverError extends Error {
  code?: number | string;
  codeName?: string;
  keyValue?: Record<string, unknown>;
  keyPattern?: Record<string, unknown>;
  reason?: { servers?: Map<string, { error?: Error }> };
}

const OUT_OF_DISK_SPACE = 14031;
const AUTHENTICATION = new Set([13, 18, 8000]);
const NETWORK = new Set([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoTopologyClosedError',
  'MongoTimeoutError',
]);

/**
 * Says in netgoat's words what went wrong in the driver or the database.
 * @param label the database as people may see it, without a password.
 * @returns the error to throw: unreachable (5), conflict (4), bad input (2) or a full disk (1); anything unknown is given back as it is.
 */
export function translateError(error: unknown, label: string): unknown {
  if (!(error instanceof Error) || error instanceof NetgoatError) return error;
  const { name, code } = error as DriverError;
  if (code === 11000) return duplicate(error);
  if (NETWORK.has(name)) return network(error, label);
  if (code === OUT_OF_DISK_SPACE) {
    return new NetgoatError('failed', `the disk that holds ${label} is full`, {
      hint: 'make room on it and run the command again',
      cause: error,
    });
  }
  if (typeof code === 'number' && AUTHENTICATION.has(code)) {
    return new NetgoatError('unreachable', `${label} refused the user name or password`, {
      hint: 'check the credentials in NETGOAT_DB or the rc file',
      cause: error,
    });
  }
  if (name === 'MongoParseError' || name === 'MongoInvalidArgumentError' || name === 'MongoAPIError') {
    return unusable(error);
  }
  if (name === 'ValidationError' || name === 'StrictModeError' || name === 'CastError') {
    return new NetgoatError('usage', error.message.replace(/^\w+ validation failed: /, ''), { cause: error });
  }
  return error;
}

/**
 * The same for what comes while the URI is read and the database is first reached, where the driver lets errors of Node
 * through: the look-up of `mongodb+srv`, a port out of range, a bad escape, a certificate that is not there.
 */
export function translateOpening(error: unknown, label: string): unknown {
  const translated = translateError(error, label);
  if (!(translated instanceof Error) || translated instanceof NetgoatError) return translated;
  const { name, message, syscall = '', path } = translated as NodeJS.ErrnoException;
  if (syscall.startsWith('query')) return network(translated, label);
  const unreadable = name === 'URIError' || /^Unable to parse .* with URL$/.test(message);
  return unreadable || path !== undefined ? unusable(translated) : translated;
}

function unusable(error: Error): NetgoatError {
  return new NetgoatError('usage', `the database URI is not usable: ${error.message}`, { cause: error });
}

function duplicate(error: DriverError): NetgoatError {
  const fields = Object.entries(error.keyValue ?? {}).map(([key, value]) => `${key} ${String(value)}`);
  return new NetgoatError('conflict', `already there: ${fields.join(', ') || 'a document with this key'}`, {
    hint: 'somebody else may have just made it; look again and retry',
    cause: error,
  });
}

function network(error: DriverError, label: string): NetgoatError {
  const inner = [...(error.reason?.servers?.values() ?? [])]
    .map((server) => server.error?.message)
    .find(Boolean);
  const cause = inner ?? error.message;
  if (/auth/i.test(cause)) {
    return new NetgoatError('unreachable', `${label} refused the user name or password`, {
      hint: 'check the credentials in NETGOAT_DB or the rc file',
      cause: error,
    });
  }
  return new NetgoatError('unreachable', `cannot reach ${label}: ${cause}`, {
    hint: 'is it running, and is NETGOAT_DB (or --db) right? `--db embedded` needs no server',
    cause: error,
  });
}
