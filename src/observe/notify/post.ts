import { request as requestHttp } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What came of one attempt to post. */
export interface Posted {
  /** Null if there was no answer. */
  status: number | null;
  /** What was wrong, in words that show nothing of the URL; null if it was taken. */
  error: string | null;
  /** Whether it may go better another time. */
  passing: boolean;
  /** What the answer asks for, in milliseconds. */
  retryAfterMs: number | null;
}

/** Statuses below 500 that say nothing against the message: too slow, too early, too many. */
const PASSING: readonly number[] = [408, 425, 429];

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  ETIMEDOUT: 'no connection in time',
  EHOSTUNREACH: 'the host is out of reach',
  ENETUNREACH: 'the host is out of reach',
};

/**
 * Posts JSON once. It follows no redirects and reads nothing of the answer but its head. It never throws.
 * @param signal gives it up.
 */
export async function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Posted> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return judged(await headOf(url, headers, body, AbortSignal.any([signal, timeout])));
  } catch (error) {
    const wrong = signal.aborted
      ? 'no answer before netgoat ended'
      : timeout.aborted
        ? `no answer within ${timeoutMs / 1000} s`
        : wordsOf(error);
    return { status: null, error: wrong, passing: true, retryAfterMs: null };
  }
}

async function headOf(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Pick<IncomingMessage, 'statusCode' | 'headers'>> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const length = String(Buffer.byteLength(body));
  const all = { 'user-agent': 'netgoat', 'content-type': 'application/json', 'content-length': length };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { ...all, ...headers }, agent: false, signal });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      resolve(answer);
      answer.on('error', () => undefined);
      answer.destroy();
    });
    sent.end(body);
  });
}

function judged({ statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>): Posted {
  const status = statusCode;
  if (status >= 200 && status < 300) return { status, error: null, passing: false, retryAfterMs: null };
  const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  const passing = status >= 500 || PASSING.includes(status);
  const retryAfterMs = passing ? waitOf(headers['retry-after']) : null;
  return { status, error: `answered ${status}${redirected}`, passing, retryAfterMs };
}

/** Seconds, or a date (RFC 9110 10.2.3). */
function waitOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function wordsOf(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (WORDS[code] !== undefined) return WORDS[code];
  if (code.startsWith('HPE_')) return 'the answer is no HTTP';
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return `its certificate is not trusted: ${code}`;
  return code === '' ? 'it could not be sent' : `it could not be sent: ${code}`;
}
