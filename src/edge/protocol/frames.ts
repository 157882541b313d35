import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { edgeDomain, signature } from '../schema.ts';

/** The WebSocket subprotocol: control plane and edge node speak text frames of JSON. */
export const PROTOCOL = 'netgoat.edge.v1';

/** What a control plane takes from a node: hello, answers, reports. */
export const MOST_FROM_EDGE = 1024 * 1024;
/** What a node takes from a control plane: parts are about 1 MiB, but one domain may be more. */
export const MOST_FROM_CONTROL = 100 * 1024 * 1024;
/** The size that a part of a snapshot or a delta is filled to. */
export const PART_BYTES = 1024 * 1024;

/** Frames that came and wait to be read; then the peer is made to wait. */
export const MOST_WAITING = 16;

const version = z.int().min(0);
const checksum = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().min(1).max(128);
const hostname = z.string().min(1).max(253);
const count = z.int().min(0);

/** A node's name: what its operator calls it; letters, digits, `.`, `_`, `-` and `:`. */
export const nodeName = z
  .string()
  .regex(
    /^[0-9A-Za-z][0-9A-Za-z._:-]{0,127}$/,
    'must be letters, digits, ".", "_", "-" and ":", at most 128, the first a letter or a digit',
  );

const part = {
  version,
  checksum,
  part: z.int().min(1),
  parts: z.int().min(1),
  signature: signature.optional(),
};

/** How many errors a NACK may name, and how many domains a report. */
const MOST_ERRORS = 100;
export const MOST_REPORTED = 5_000;

const reportedDomain = z.object({
  hostname,
  requests: count,
  bytesIn: count.default(0),
  bytesOut: count.default(0),
  status: z.record(z.string().regex(/^[1-5][0-9]{2}$/), count).default({}),
  cacheHits: count.default(0),
  wafBlocked: count.default(0),
  badGatewayStreak: count.default(0),
});

/** What each type of frame carries in `data`; unknown fields are ignored. */
export const frameData = {
  hello: z.object({
    node: nodeName,
    version: version.nullable(),
    checksum: checksum.nullable(),
  }),
  snapshot: z.object({ ...part, domains: z.array(edgeDomain) }),
  delta: z.object({ ...part, base: version, upserts: z.array(edgeDomain), deletes: z.array(hostname) }),
  current: z.object({ version, checksum, signature: signature.optional() }),
  ack: z.object({ re: id, version, checksum }),
  nack: z.object({
    re: id,
    version,
    errors: z
      .array(z.object({ hostname: hostname.nullish(), path: z.string().nullish(), message: z.string() }))
      .max(MOST_ERRORS),
  }),
  report: z.object({
    reportId: id,
    window: z.object({ from: z.iso.datetime(), to: z.iso.datetime() }),
    domains: z.array(reportedDomain).max(MOST_REPORTED),
  }),
  ok: z.object({ re: id, reportId: id, ignored: z.array(hostname).optional() }),
  error: z.object({ re: id.nullish(), code: z.string().max(64), message: z.string() }),
} as const;

export type FrameType = keyof typeof frameData;
export type FrameData<T extends FrameType> = z.output<(typeof frameData)[T]>;

/** A frame that was checked against its type. */
export type Frame = {
  [T in FrameType]: { type: T; nonce: string; timestamp: string; data: FrameData<T> };
}[FrameType];

export type NackError = FrameData<'nack'>['errors'][number];
export type EdgeReportData = FrameData<'report'>;

/** What every frame has. */
export const envelope = z.object({
  type: z.string().min(1).max(64),
  nonce: id,
  timestamp: z.string().max(64),
  data: z.looseObject({}),
});

/** Why a text is no frame that is understood, or none of this end's: what an `error` frame says. */
export interface FrameFault {
  /** The nonce of the frame at fault, where it has one. */
  re: string | null;
  code: 'bad-frame' | 'unknown-type' | 'unexpected';
  message: string;
}

/**
 * Reads a frame.
 * @returns the frame, or what is wrong with it: it is never thrown, since a peer may send anything.
 */
export function parseFrame(text: string): { frame: Frame } | { fault: FrameFault } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { fault: { re: null, code: 'bad-frame', message: 'it is not JSON' } };
  }
  const outer = envelope.safeParse(json);
  if (!outer.success) return { fault: { re: null, code: 'bad-frame', message: firstIssue(outer.error) } };
  const { type, nonce: re, timestamp } = outer.data;
  if (!Object.hasOwn(frameData, type)) {
    return { fault: { re, code: 'unknown-type', message: 'this type of frame is not known' } };
  }
  const data = frameData[type as FrameType].safeParse(outer.data.data);
  if (!data.success) return { fault: { re, code: 'bad-frame', message: firstIssue(data.error) } };
  return { frame: { type, nonce: re, timestamp, data: data.data } as Frame };
}

/** A frame ready to be sent: its text, and the nonce that an answer names. */
export interface Outgoing {
  readonly nonce: string;
  readonly text: string;
  /** Other parts of the same follow: it cannot be confirmed yet. */
  readonly more?: boolean;
}

/** Spells a frame with a nonce of its own. */
export function newFrame<T extends FrameType>(type: T, data: z.input<(typeof frameData)[T]>): Outgoing {
  return rawFrame(type, JSON.stringify(data));
}

/** The same from JSON that is there already: domains are kept as lines and not parsed again to be sent. */
export function rawFrame(type: FrameType, data: string): Outgoing {
  const nonce = randomUUID();
  const timestamp = new Date().toISOString();
  return { nonce, text: `{"type":"${type}","nonce":"${nonce}","timestamp":"${timestamp}","data":${data}}` };
}

const MOST_WORDS = 300;

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue!.path.join('.');
  const words = path === '' ? issue!.message : `${path}: ${issue!.message}`;
  // A path may have names that the peer made up.
  return words.length <= MOST_WORDS ? words : `${words.slice(0, MOST_WORDS - 1)}…`;
}
