import type { Context } from '../context.ts';
import { NetgoatError } from '../errors.ts';
import { longName } from './build.ts';
import type { CommandSpec, RawInput } from './spec.ts';

interface Missing {
  name: string;
  shown: string;
  question: string;
  variadic: boolean;
  choices: readonly string[] | undefined;
}

/**
 * Completes the input: what is required and missing is asked for on a terminal.
 * @throws NetgoatError usage: something is missing and there is nobody to ask; names all of it.
 */
export async function askForMissing(context: Context, spec: CommandSpec, input: RawInput): Promise<RawInput> {
  const missing = missingOf(spec, input);
  if (missing.length === 0) return input;
  const { prompter } = context;
  if (!prompter.interactive) {
    throw new NetgoatError('usage', `missing ${missing.map(({ shown }) => shown).join(', ')}`, {
      hint: `for example: ${spec.examples[0]}`,
    });
  }
  const full = { ...input };
  for (const { name, question, variadic, choices } of missing) {
    const answer = choices
      ? await prompter.select(question, [...choices])
      : await prompter.input(question, { validate: (text) => text.trim() !== '' || 'a value is needed' });
    full[name] = variadic ? [answer] : answer;
  }
  return full;
}

function missingOf(spec: CommandSpec, input: RawInput): Missing[] {
  const args = (spec.args ?? [])
    .filter((arg) => !arg.optional && input[arg.name] === undefined)
    .map((arg) => ({
      name: arg.name,
      shown: `<${arg.name}>`,
      question: `${capital(arg.description)}:`,
      variadic: arg.variadic === true,
      choices: arg.choices,
    }));
  const options = (spec.options ?? [])
    .filter((option) => option.required)
    .map((option) => ({ option, flag: longName(option) }))
    .map(({ option, flag }) => ({
      name: flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      shown: `--${flag}`,
      question: `${capital(option.description)}:`,
      variadic: option.repeat === true,
      choices: option.choices,
    }))
    .filter(({ name }) => input[name] === undefined);
  return [...args, ...options];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
