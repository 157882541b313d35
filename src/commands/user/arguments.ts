import { roles } from '../../models/user.ts';
import type { ArgumentSpec, OptionSpec } from '../spec.ts';

export const emailArgument: ArgumentSpec = { name: 'email', description: 'e-mail address or id of the user' };

export const roleOption: OptionSpec = {
  flags: '--role <role>',
  description: "owner, editor or viewer; a viewer's tokens cannot write",
  choices: roles,
};

/** A `--team` that may be given several times; whoever works on a shared user names all its teams. */
export function teamsOption(description: string): OptionSpec {
  return { flags: '--team <slug>', description: `${description}; may be repeated`, repeat: true };
}
