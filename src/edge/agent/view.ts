import { setImmediate as breathe } from 'node:timers/promises';
import { NetgoatError } from '../../errors.ts';
import { escapeForJson } from '../../output/sanitize.ts';
import type { EdgeState } from '../protocol/offer.ts';
import type { EdgeDomain } from '../schema.ts';
import { ConfigOfAll } from './config.ts';
import { MOST_BODY } from './facts.ts';
import type { AgentConfig, AgentRule } from './facts.ts';
import { Notes } from './notes.ts';
import { agentDomain, hostsOf } from './routes.ts';
import { agentRules, compareRules } from './rules.ts';

/** What an agent is told of a state. */
export interface AgentView {
  /** The body of `/domains`, one line of JSON; null where an agent would reject it for its length. */
  readonly domains: string | null;
  /** The body of `/agent-config`. */
  readonly agentConfig: string;
  readonly notes: Notes;
}

/** Domains that are mapped before others get their turn. */
const AT_ONCE = 100;

/**
 * Maps a state to what an agent reads. What is held is at most what an agent takes, and the hostnames.
 * @throws NetgoatError failed: as the state's lines do.
 */
export async function agentView(state: Pick<EdgeState, 'lines'>): Promise<AgentView> {
  const hostnames = new Set<string>();
  for await (const { hostname } of domainsOf(state)) hostnames.add(hostname);
  const notes = new Notes();
  const config = new ConfigOfAll(notes);
  const body = new Body();
  for await (const domain of domainsOf(state)) {
    const routes = agentDomain(domain, hostnames, notes);
    if (routes === null) continue;
    config.add(domain);
    body.add(JSON.stringify(routes), agentRules(domain, hostsOf(routes)));
  }
  const agent = config.settle();
  return { domains: body.text(agent), agentConfig: `${JSON.stringify({ agent_config: agent })}\n`, notes };
}

/** The error for a state that makes too long a body. */
export function tooLong(): NetgoatError {
  return new NetgoatError(
    'usage',
    'NetGoat agents reject more than 8 MiB of domains and rules, and these are more',
    {
      hint: 'give each agent a token of fewer teams; `sync show` takes --team; edge nodes have no such limit',
    },
  );
}

async function* domainsOf(state: Pick<EdgeState, 'lines'>): AsyncGenerator<EdgeDomain> {
  let since = 0;
  for await (const line of state.lines()) {
    yield JSON.parse(line) as EdgeDomain;
    since = (since + 1) % AT_ONCE;
    if (since === 0) await breathe();
  }
}

/** The text of the body as it grows; given up when it is too long. */
class Body {
  #domains: string[] = [];
  #rules: AgentRule[] = [];
  #bytes = 0;

  add(domain: string, rules: readonly AgentRule[]): void {
    if (this.#bytes > MOST_BODY) return;
    this.#domains.push(domain);
    this.#rules.push(...rules);
    this.#bytes += Buffer.byteLength(domain) + 1;
    for (const rule of rules) this.#bytes += Buffer.byteLength(JSON.stringify(rule)) + 1;
    if (this.#bytes > MOST_BODY) [this.#domains, this.#rules] = [[], []];
  }

  /** `zero_trust_enabled` is null: whether an agent wants it is not ours to say, and false would turn it off. */
  text(config: AgentConfig): string | null {
    if (this.#bytes > MOST_BODY) return null;
    const rules = JSON.stringify(this.#rules.toSorted(compareRules));
    const rest = `"zero_trust_enabled":null,"agent_config":${JSON.stringify(config)}`;
    const text = escapeForJson(`{"domains":[${this.#domains.join(',')}],"waf_rules":${rules},${rest}}\n`);
    return Buffer.byteLength(text) > MOST_BODY ? null : text;
  }
}
