import type { IncomingMessage, ServerResponse } from 'node:http';
import { NetgoatError } from '../../errors.ts';
import type { Access } from '../../queries/access.ts';
import { tooLong } from '../agent/view.ts';
import { bearerOf } from '../door.ts';
import type { EdgeState } from '../protocol/offer.ts';
import type { HeldState } from './live.ts';
import { answer, problem } from './answer.ts';
import type { Answer } from './answer.ts';
import { AgentAnswers } from './agent-answers.ts';
import type { Metrics, RefusalReason } from './metrics.ts';
import type { TellRefusal } from './refusals.ts';

/** What `/health` says; nothing of any tenant. */
export interface Health {
  readonly ok: boolean;
  readonly version: number;
  /** Edge nodes connected. */
  readonly nodes: number;
  readonly [more: string]: unknown;
}

export interface HttpDeps {
  /** Who a token is; null if it is not known, revoked or expired. One without the scope edge is answered 403. */
  authorize(token: string): Promise<Access | null>;
  /** Whether a team that it reaches is served here; one that reaches none is answered 403. */
  serves(access: Access): boolean;
  /** The state of a scope as it is now, to be released once the answer is made. */
  state(access: Access): Promise<HeldState>;
  health(): Health | Promise<Health>;
  readonly metrics: Metrics;
  log(event: Record<string, unknown>): void;
  /** Is told who was not let in. */
  readonly refused: TellRefusal;
}

export type HttpRoutes = (request: IncomingMessage, response: ServerResponse) => void;

/** Who asked for what is not theirs to see. */
interface NotLetIn {
  readonly reason: RefusalReason;
  readonly message: string;
  readonly answer: Answer;
}

interface Route {
  /** Whether it shows what belongs to somebody. */
  guarded: boolean;
  answer(access: Access | null): Promise<Answer>;
}

/**
 * What `sync serve` answers to plain HTTP: what NetGoat agents poll, and `/health` and `/metrics`, which show sums
 * only and ask for no token.
 */
export function httpRoutes(deps: HttpDeps): HttpRoutes {
  const agents = new AgentAnswers();
  const ofState = (make: (state: EdgeState) => Promise<Answer>): Route => ({
    guarded: true,
    answer: async (access) => {
      const state = await deps.state(access!);
      try {
        const made = await make(state);
        // An answer is kept by its content, which a later version can have again.
        return { ...made, headers: { ...made.headers, 'x-netgoat-version': state.version } };
      } finally {
        state.release();
      }
    },
  });
  const routes: Record<string, Route> = {
    '/domains': ofState(async (state) => (await agents.of(state)).domains ?? problem(507, tooLong())),
    '/agent-config': ofState(async (state) => (await agents.of(state)).agentConfig),
    // Agents have accounts of their own; nobody's name or address is their business.
    '/users': { guarded: true, answer: async () => json(200, { users: [] }) },
    '/health': { guarded: false, answer: async () => healthAnswer(await deps.health()) },
    '/metrics': { guarded: false, answer: () => metricsAnswer(deps.metrics) },
  };
  return (request, response) => {
    const path = pathOf(request);
    const route = Object.hasOwn(routes, path) ? routes[path]! : null;
    void respond(deps, route, route === null ? 'other' : path, request, response);
  };
}

async function respond(
  deps: HttpDeps,
  route: Route | null,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let made: Answer;
  try {
    const decided = await decide(deps, route, request);
    made = 'reason' in decided ? decided.answer : decided;
    if ('reason' in decided) {
      deps.metrics.refused.inc({ reason: decided.reason });
      deps.refused(request, { status: made.status, route: name, message: decided.message });
    }
  } catch (error) {
    made = failure(error);
    deps.log({ event: 'http-error', route: name, status: made.status, error: (error as Error).message });
  }
  deps.metrics.httpRequests.inc({ route: name, code: String(made.status) });
  answer(request, response, made);
}

async function decide(
  deps: HttpDeps,
  route: Route | null,
  request: IncomingMessage,
): Promise<Answer | NotLetIn> {
  if (route === null) {
    return refusal(404, 'not-found', 'there is nothing here', 'agents read /domains and /agent-config');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const made = refusal(405, 'method-not-allowed', 'only GET and HEAD are answered');
    return { ...made, headers: { allow: 'GET, HEAD' } };
  }
  if (!route.guarded) return route.answer(null);
  const token = tokenOf(request);
  const access = token === null ? null : await deps.authorize(token);
  if (access === null) {
    const message = token === null ? 'a token is wanted' : 'the token is unknown, revoked or expired';
    const hint = 'send `Authorization: Bearer TOKEN` or `X-API-Key: TOKEN`';
    const made = refusal(401, 'unauthorized', message, hint);
    return { reason: 'token', message, answer: { ...made, headers: { 'www-authenticate': 'Bearer' } } };
  }
  const inScope = access.scopes.has('edge');
  // No domains at all would be an answer too, and take an agent's routes away.
  if (inScope && deps.serves(access)) return route.answer(access);
  const { message, hint } = inScope ? ELSEWHERE : NO_SCOPE;
  return { reason: 'scope', message, answer: refusal(403, 'forbidden', message, hint) };
}

const NO_SCOPE = {
  message: 'the token has no scope "edge"',
  hint: 'make one with `netgoat user token create EMAIL --name NAME --scope edge`',
};
const ELSEWHERE = {
  message: 'the token reaches no team that is served here',
  hint: 'see `netgoat user token list EMAIL`, and the --team that the server was started with',
};

/** An agent sends its key in both headers. */
function tokenOf(request: IncomingMessage): string | null {
  const key = request.headers['x-api-key'];
  return bearerOf(request) ?? (typeof key === 'string' && key !== '' ? key : null);
}

/** Without the query, and the slash that an agent's base URL may have left over. */
function pathOf({ url = '/' }: IncomingMessage): string {
  const [path = ''] = url.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: Buffer.from(`${JSON.stringify(body)}\n`) };
}

function healthAnswer({ ok, ...more }: Health): Answer {
  return json(ok ? 200 : 503, { status: ok ? 'ok' : 'failing', service: 'netgoat', ...more });
}

async function metricsAnswer({ contentType, text }: Metrics): Promise<Answer> {
  return { status: 200, type: contentType, body: Buffer.from(await text()) };
}

function refusal(status: number, code: string, message: string, hint?: string): Answer {
  return problem(status, { code, message, hint });
}

/** What is being written, or out of reach, may be there at the next poll. Other errors are not told to strangers. */
function failure(error: unknown): Answer {
  if (error instanceof NetgoatError && (error.code === 'conflict' || error.code === 'unreachable')) {
    return { ...problem(503, error), headers: { 'retry-after': '1' } };
  }
  return problem(
    500,
    new NetgoatError('failed', 'the state cannot be read', { hint: 'see the log of netgoat' }),
  );
}
