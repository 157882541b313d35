import { guard as guardSchema } from '../../changes/dns-inputs.ts';
import { parse } from '../../changes/inputs.ts';
import type { Plan } from '../../changes/plan.ts';
import { checkAllowed } from '../../changes/zone-rules.ts';
import type { Guard } from '../../changes/zone-rules.ts';
import { NetgoatError } from '../../errors.ts';
import { onInterruption } from '../../interruption.ts';
import type { Domain } from '../../models/domain.ts';
import { inert } from '../../output/sanitize.ts';
import { Draft } from '../draft.ts';
import { shellWord } from '../shell-word.ts';
import type { Call, EditSpec, Writer } from '../spec.ts';
import { withMarks, withoutMarks } from './edit-marks.ts';
import type { Mark } from './edit-marks.ts';
import { planEdited } from './edit-plan.ts';
import { domainArg, guardFlags } from './options.ts';
import { givenFlags } from './given-flags.ts';
import type { GivenFlags } from './given-flags.ts';
import { spoolZone } from './spool-zone.ts';

export const edit: EditSpec = {
  name: 'edit',
  summary: 'edit the records of a domain as a master file, in $VISUAL or $EDITOR (docs/master-files.md)',
  effect: 'edit',
  args: [domainArg],
  options: guardFlags,
  examples: ['netgoat dns edit shop.example.com', 'netgoat dns edit shop.example.com --reason "TICKET-12"'],
  elsewhere:
    '`netgoat dns export DOMAIN --out FILE` writes the zone, `netgoat dns import DOMAIN FILE --mode exact --with-apex-ns` takes it back',
  edit: async (call, input, writer) => {
    const guard = parse(guardSchema, { allow: input['allow'], strict: input['strict'] });
    checkAllowed(guard.allow);
    const { base, text } = await textOf(call, String(input['domain']));
    writer.checkRevision(base.zoneRevision);
    const draft = await Draft.make(`${base.hostname}.zone`, text);
    const given = givenFlags(call.context, input);
    const session = new Session(call, writer, { draft, first: text, base, guard, given });
    await session.run(input['dryRun'] === true);
  },
};

const HELP = [
  '; Change what you like, save, and leave the editor: you are shown what that',
  '; means before anything is written. Comments on lines of their own are not',
  '; kept; what stands behind a record is its comment, with its tags, and',
  '; whether it is proxied, behind cf_tags=. A record that is kept, but not',
  '; served, begins with "; netgoat-disabled: ".',
];

async function textOf(call: Call, name: string): Promise<{ base: Domain; text: string }> {
  const { domain, spool } = await spoolZone(call, name, { absolute: false, aliasByName: true });
  const lines: string[] = [];
  for await (const line of spool.lines()) lines.push(line);
  await spool.clear();
  const [title = '', ...zone] = lines;
  return { base: domain, text: [title, ...HELP, ...zone, ''].join('\n') };
}

/** No person is that fast: the editor went into the background, and will find its file gone. */
const AT_ONCE_MS = 500;
const NO_WAIT =
  'The editor returned at once: one with a window may need a flag, such as EDITOR="code --wait".';

/** So many errors are told on the terminal. */
const SHOWN = 5;

/** What an edit begins with. */
interface Start {
  draft: Draft;
  /** The text of the draft, as it was made. */
  first: string;
  base: Domain;
  guard: Guard;
  given: GivenFlags;
}

/** One zone in an editor, as often as it takes. */
class Session {
  readonly #call: Call;
  readonly #writer: Writer;
  readonly #draft: Draft;
  readonly #first: string;
  readonly #base: Domain;
  readonly #guard: Guard;
  readonly #given: GivenFlags;
  /** What stood in the way of the text when it was read last. */
  #refused: NetgoatError | undefined;

  constructor(call: Call, writer: Writer, { draft, first, base, guard, given }: Start) {
    this.#call = call;
    this.#writer = writer;
    this.#draft = draft;
    this.#first = first;
    this.#base = base;
    this.#guard = guard;
    this.#given = given;
  }

  /** Nothing that was typed is lost: whatever goes wrong, the file stays and its place is said. */
  async run(dryRun: boolean): Promise<void> {
    try {
      const plan = await this.#watched(() => this.#agreed(dryRun));
      if (plan !== null && dryRun) this.#say(this.#kept());
      else await this.#draft.discard();
    } catch (error) {
      if (await this.#draft.isTouched()) this.#say(this.#kept(error));
      else await this.#draft.discard();
      throw error;
    }
  }

  /** Writes what is agreed to, if anything is; gives it. */
  async #agreed(dryRun: boolean): Promise<Plan | null> {
    const plan = await this.#agree(dryRun);
    if (plan === null) this.#say('Nothing changed.');
    else await this.#writer.write(plan);
    return plan;
  }

  /** Edits until there is a plan that is agreed to; null where there is nothing to do. */
  async #agree(dryRun: boolean): Promise<Plan | null> {
    const { prompter } = this.#call.context;
    for (;;) {
      const start = performance.now();
      await prompter.edit(this.#draft.path);
      const text = withoutMarks(await this.#draft.read());
      if (text === this.#first) {
        if (performance.now() - start < AT_ONCE_MS) this.#say(NO_WAIT);
        return null;
      }
      const edited = await planEdited(this.#call, text, this.#base, this.#guard);
      if ('refused' in edited) {
        this.#refused = edited.refused;
        await this.#draft.write(withMarks(text, edited.marks, edited.unlisted));
        if (edited.plan !== undefined) await this.#writer.show(edited.plan);
        this.#explain(edited.refused, edited.marks, edited.unlisted);
        if ((await prompter.letter('Edit again?', ['yes', 'no'])) === 'yes') continue;
        throw edited.refused;
      }
      this.#refused = undefined;
      const { plan } = edited;
      if (plan === null || dryRun) return plan;
      await this.#writer.show(plan);
      const answer = await prompter.letter('Write this?', ['yes', 'no', 'edit']);
      if (answer === 'yes') return plan;
      if (answer === 'no') throw new NetgoatError('interrupted', 'not confirmed, nothing was written');
      await this.#draft.write(text);
    }
  }

  /** What stands in the way, the first of it; all of it is in the file. */
  #explain({ message, hint, code }: NetgoatError, marks: readonly Mark[], unlisted: number): void {
    if (code === 'safety')
      return this.#say(inert(message) + (hint === undefined ? '' : `\n  ${inert(hint)}`));
    this.#say(`${inert(message)}; the file has them above their lines:`);
    for (const mark of marks.slice(0, SHOWN)) this.#say(`  ${inert(`${mark.message} [${mark.rule}]`)}`);
    const more = marks.length + unlisted - Math.min(marks.length, SHOWN);
    if (more > 0) this.#say(`  and ${more} more`);
  }

  /** Work that a signal may end with the process. */
  async #watched<T>(work: () => Promise<T>): Promise<T> {
    const forget = onInterruption(() => this.#say(`\n${this.#kept()}`));
    try {
      return await work();
    } finally {
      forget();
    }
  }

  /** Where what was typed is, and how to go on from it; what others changed meanwhile is not undone by that. */
  #kept(error?: unknown): string {
    const kept = `What you typed is kept in ${this.#draft.path}`;
    const { words, hidden } = this.#given;
    const secret = hidden ? '\n  *** stands for what is not shown: put it back' : '';
    if (error instanceof NetgoatError && error.code === 'conflict') {
      const again = ['netgoat dns edit', this.#base.hostname, ...words].join(' ');
      return `${kept}\n  \`${again}\` begins with the zone as it is now${secret}`;
    }
    const reason = this.#refused ?? error;
    const mended = reason instanceof NetgoatError && reason.code === 'usage';
    const line = [...this.#importWords(reason), ...words].join(' ');
    return `${kept}\n  \`${line}\` takes it${mended ? ' once it is mended' : ''}${secret}`;
  }

  /** The import that does what the edit would have done. */
  #importWords(reason: unknown): string[] {
    const { hostname, zoneRevision } = this.#base;
    const { allow, strict } = this.#guard;
    const limits = reason instanceof NetgoatError ? ((reason.details?.['limits'] ?? []) as string[]) : [];
    return [
      `netgoat dns import ${hostname} ${shellWord(this.#draft.path)}`,
      `--mode exact --with-apex-ns --if-revision ${zoneRevision}`,
      ...[...allow, ...limits].map((rule) => `--allow ${rule}`),
      ...(strict ? ['--strict'] : []),
    ];
  }

  #say(text: string): void {
    this.#call.context.world.stderr.write(`${text}\n`);
  }
}
