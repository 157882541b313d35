import { agentView, tooLong } from '../agent/view.ts';
import type { Payload } from '../payload.ts';

/**
 * What `GET /domains` gives a NetGoat agent, see docs/netgoat-agent.md.
 * @param showing `note` is told what an agent cannot be told.
 * @throws NetgoatError usage: it is longer than an agent takes.
 */
export async function* agentFormat(
  payload: Payload,
  { note }: { note: (line: string) => void },
): AsyncGenerator<string> {
  const { domains, notes } = await agentView(payload);
  if (domains === null) throw tooLong();
  for (const line of notes.lines()) note(line);
  yield domains;
}
