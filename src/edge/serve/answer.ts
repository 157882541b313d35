import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed; undefined where that is not worth it. */
  readonly gzip?: Buffer | undefined;
  /** What the content is known by; weak, because both spellings of it share one. */
  readonly etag?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** What an error says; over HTTP there are codes that no command has. */
interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/** An error, as `--output json` spells it. */
export function problem(status: number, { code, message, hint }: Problem): Answer {
  const error = { code, message, ...(hint === undefined ? {} : { hint }) };
  return { status, type: 'application/json', body: Buffer.from(`${JSON.stringify({ error })}\n`) };
}

/** Sends an answer: nothing but its head to HEAD, nothing new to who has it, compressed to who reads that. */
export function answer(request: IncomingMessage, response: ServerResponse, made: Answer): void {
  const { status, type, etag, headers } = made;
  const common = { ...headers, 'cache-control': 'no-cache', vary: 'accept-encoding', ...(etag && { etag }) };
  if (etag !== undefined && isKnown(request.headers['if-none-match'], etag)) {
    response.writeHead(304, common).end();
    return;
  }
  const packed = made.gzip !== undefined && takesGzip(request.headers['accept-encoding']);
  const body = packed ? made.gzip! : made.body;
  response.writeHead(status, {
    ...common,
    'content-type': type,
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** RFC 9110 13.1.2: the weak comparison. */
function isKnown(known: string | undefined, etag: string): boolean {
  if (known === undefined) return false;
  return known.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.trim().replace(/^W\//, '');
}

/** RFC 9110 12.5.3: a coding of quality 0 is not wanted, and what is named goes before `*`. */
function takesGzip(accepted: string | undefined): boolean {
  const qualities = new Map<string, number>();
  for (const each of (accepted ?? '').split(',')) {
    const [coding = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    qualities.set(coding, q === undefined ? 1 : Number(q.slice(2)));
  }
  return (qualities.get('gzip') ?? qualities.get('x-gzip') ?? qualities.get('*') ?? 0) > 0;
}
