import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { agentView } from '../agent/view.ts';
import type { EdgeState } from '../protocol/offer.ts';
import type { Answer } from './answer.ts';

const compress = promisify(gzip);

/** Kept for the next poll: agents come every five seconds, and most of them for the same. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;
const SMALLEST_PACKED = 1024;

interface AgentAnswer {
  /** Undefined where the state is too long for an agent. */
  readonly domains: Answer | undefined;
  readonly agentConfig: Answer;
}

interface Kept {
  readonly making: Promise<AgentAnswer>;
  bytes: number;
}

/** The answers to agents, made once for each state. */
export class AgentAnswers {
  /** By checksum, the longest unasked first. */
  readonly #kept = new Map<string, Kept>();

  /** @throws NetgoatError as reading the state does; it is then tried again at the next poll. */
  async of(state: EdgeState): Promise<AgentAnswer> {
    const { checksum } = state;
    const kept = this.#kept.get(checksum) ?? { making: make(state), bytes: 0 };
    this.#kept.delete(checksum);
    this.#kept.set(checksum, kept);
    try {
      const made = await kept.making;
      kept.bytes = sizeOf(made);
      this.#forgetOld(checksum);
      return made;
    } catch (error) {
      if (this.#kept.get(checksum) === kept) this.#kept.delete(checksum);
      throw error;
    }
  }

  #forgetOld(needed: string): void {
    let total = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [checksum, { bytes }] of this.#kept) {
      if (total <= MOST_KEPT_BYTES) return;
      if (checksum === needed) continue;
      this.#kept.delete(checksum);
      total -= bytes;
    }
  }
}

async function make(state: EdgeState): Promise<AgentAnswer> {
  const { checksum } = state;
  const view = await agentView(state);
  const notCarried = view.notes.header();
  const head = {
    type: 'application/json',
    etag: `W/"${checksum}"`,
    headers: {
      'x-netgoat-checksum': checksum,
      ...(notCarried === '' ? {} : { 'x-netgoat-not-carried': notCarried }),
    },
  };
  const spell = async (text: string): Promise<Answer> => {
    const body = Buffer.from(text);
    const packed = body.length < SMALLEST_PACKED ? undefined : await compress(body);
    return { status: 200, ...head, body, gzip: packed };
  };
  return {
    domains: view.domains === null ? undefined : await spell(view.domains),
    agentConfig: await spell(view.agentConfig),
  };
}

function sizeOf({ domains, agentConfig }: AgentAnswer): number {
  const parts = [domains?.body, domains?.gzip, agentConfig.body, agentConfig.gzip];
  return parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
}
