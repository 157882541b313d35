import { NetgoatError } from '../../errors.ts';
import type { LogCheckpoint } from '../../models/log-checkpoint.ts';
import type { Desk } from '../judge.ts';
import { countOnce } from '../traffic.ts';
import { cutBlocks } from './blocks.ts';
import { Checkpoint, checkpointsOf } from './checkpoint.ts';
import type { Standing } from './checkpoint.ts';
import { Chunk } from './chunk.ts';
import { Hosts } from './hosts.ts';
import type { Reach } from './hosts.ts';
import { LineReader, tellsOfRequest } from './lines.ts';
import type { ReadReport } from './lines.ts';
import { beginning, locate } from './locate.ts';
import type { Place } from './locate.ts';
import { overlap, scopeOf } from './scope.ts';
import { firstBytes } from './source.ts';
import type { Source } from './source.ts';
import { Totals } from './summary.ts';
import type { Summary } from './summary.ts';
import { ReportTaker } from './take-reports.ts';
import { Clock } from './times.ts';

const NEWLINE = 10;

/** What comes by a pipe, bit by bit, is not to wait for long. */
const COUNTED_EVERY_MS = 10_000;

const COUNTED_FOR_OTHERS =
  'count it as it was counted then, with or without --domain and for the same teams; --as-new counts it once more';

/** How a log is to be counted. */
export interface IngestJob {
  desk: Desk;
  reach: Reach;
  readReport: ReadReport;
  /** Ends at the first line that does not count, before anything of its chunk is counted. */
  strict: boolean;
  /** Counts nothing, and says what it would. */
  dryRun: boolean;
  /** Counts it from its beginning, whatever was counted of it, or of a longer one that begins like it. */
  asNew: boolean;
}

/**
 * Counts the traffic in a log, each line once: what was counted before, of the same log under whatever name, is passed
 * over. It is read in chunks; before one is counted it is noted as pending, and after an interruption the same chunk is
 * counted first, with the same mark.
 * @throws NetgoatError usage: as `strict` says, or the file is no whole gzip file; conflict: the log was counted in part
 * for others, another process counts it, or it is an older copy.
 */
export async function ingest(job: IngestJob, source: Source): Promise<Summary> {
  const totals = new Totals();
  const head = await source.head(tellsOfRequest(() => job.desk.now()));
  if (head === null) return totals.summary();
  const { store } = job.desk;
  const scope = scopeOf(job.reach);
  const known = await checkpointsOf(store, head);
  const counted = known.length === 0 ? null : await whereItWasCounted(job, source, known, scope);
  const others = known.filter((each) => each.scope === scope).length;
  const asNew = counted !== null && job.asNew;
  const found = counted?.found?.checkpoint ?? null;
  const place = asNew ? beginning() : (counted?.found?.place ?? beginning());
  if (asNew) totals.repeated = counted.bytes;
  else totals.again = place.offset;
  const checkpoint = new Checkpoint(store, { head, scope }, { found, others, asNew });
  const run = new Run(job, checkpoint, totals, place);
  const pending = asNew ? null : (found?.pending ?? null);
  if (pending !== null) await run.again(source, pending.to);
  await run.rest(source);
  return totals.summary();
}

/** What was counted of a log before: by which checkpoint of this scope, and how much of it at all. */
interface Counted {
  found: { checkpoint: LogCheckpoint; place: Place } | null;
  bytes: number;
}

async function whereItWasCounted(
  { desk: { store }, asNew }: IngestJob,
  source: Source,
  known: readonly LogCheckpoint[],
  scope: string,
): Promise<Counted> {
  await source.keep();
  const { own, longer } = await locate(source.read(0), known);
  const best = own
    .filter(({ checkpoint }) => checkpoint.scope === scope)
    .toSorted((a, b) => b.place.offset - a.place.offset)[0];
  const bytes = Math.max(0, ...own.map(({ place }) => place.offset));
  // Somebody says, or has said, that it is to be counted whatever was.
  if (asNew || (best !== undefined && best.checkpoint.anew > 0)) return { found: best ?? null, bytes };
  for (const { checkpoint } of own) {
    if (checkpoint.scope === scope || !(await overlap(store, checkpoint.scope, scope))) continue;
    // It does not stop what was there before it.
    if (best !== undefined && checkpoint.anew > 0) continue;
    throw new NetgoatError('conflict', 'this log was counted already, for more or other domains than now', {
      hint: COUNTED_FOR_OTHERS,
    });
  }
  const same = longer.find((each) => each.scope === scope);
  if (best !== undefined || same === undefined) return { found: best ?? null, bytes };
  throw new NetgoatError(
    'conflict',
    `this log begins as one that was counted up to byte ${same.offset}, and is shorter`,
    { hint: 'if it is no older copy of that one, --as-new counts it' },
  );
}

/** The counting of one log, from some place on. */
class Run {
  readonly #job: IngestJob;
  readonly #checkpoint: Checkpoint;
  readonly #totals: Totals;
  readonly #place: Place;
  readonly #lines: LineReader;
  readonly #chunk: Chunk;
  readonly #hosts: Hosts;
  readonly #reports: ReportTaker;
  #from: Standing;
  #counted = performance.now();
  /** That the chunk which is read is pending already. */
  #isPending = false;

  constructor(job: IngestJob, checkpoint: Checkpoint, totals: Totals, place: Place) {
    const { desk, reach, readReport } = job;
    [this.#job, this.#checkpoint, this.#totals, this.#place] = [job, checkpoint, totals, { ...place }];
    this.#chunk = new Chunk(totals, job.strict, place.lines + 1);
    this.#lines = new LineReader(place.lines, {
      clock: new Clock(() => desk.now()),
      readReport,
      sink: this.#chunk,
    });
    this.#hosts = new Hosts(desk.store, reach);
    this.#reports = new ReportTaker(desk, reach);
    this.#from = this.#standing();
  }

  /** Counts the chunk that was pending when somebody was interrupted. */
  async again(source: Source, to: number): Promise<void> {
    this.#isPending = true;
    const { offset } = this.#place;
    await this.#read(firstBytes(source.read(offset), to - offset), { final: true, whole: true });
    this.#isPending = false;
  }

  async rest(source: Source): Promise<void> {
    await this.#read(source.read(this.#place.offset), { final: source.final, whole: false });
  }

  /** @param whole all of it is one chunk. */
  async #read(
    chunks: AsyncIterable<Buffer>,
    { final, whole }: { final: boolean; whole: boolean },
  ): Promise<void> {
    const place = this.#place;
    let within = false;
    for await (const block of cutBlocks(chunks, { withinLine: place.withinLine, final })) {
      if (block.kind === 'left') {
        this.#totals.left = block.bytes.length;
        break;
      }
      // A chunk ends with a line: one that goes on may never end.
      if (block.kind === 'part' && !within && !whole) await this.#count();
      within = block.kind === 'part';
      place.hash.update(block.bytes);
      place.offset += block.bytes.length;
      if (block.bytes.length > 0) place.withinLine = block.bytes.at(-1) !== NEWLINE;
      this.#lines.read(block);
      if (!within && !whole && this.#isDue()) await this.#count();
    }
    if (!within) await this.#count();
    this.#totals.lines = this.#lines.lines;
  }

  #isDue(): boolean {
    const bytes = this.#place.offset - this.#from.offset;
    return this.#chunk.isFull(bytes) || performance.now() - this.#counted > COUNTED_EVERY_MS;
  }

  async #count(): Promise<void> {
    this.#counted = performance.now();
    const [from, to] = [this.#from, this.#standing()];
    if (to.offset === from.offset) return;
    const { desk, dryRun } = this.#job;
    const { increments, reports } = await this.#chunk.take(this.#hosts);
    const good = [];
    for (const report of reports) {
      const why = await this.#reports.refusal(report);
      if (why === null) good.push(report);
      else this.#chunk.addMalformed(report.line, why, '');
    }
    if (dryRun) {
      for (const report of good) await this.#reports.tell(report, this.#totals);
    } else if (increments.length > 0 || good.length > 0 || this.#checkpoint.made) {
      if (!this.#isPending) await this.#checkpoint.begin(from, to, desk.now());
      await countOnce(desk.store, increments, this.#checkpoint.markOf(from, to));
      for (const report of good) await this.#reports.take(report, this.#totals);
      await this.#checkpoint.finish(from, to, desk.now());
    }
    this.#from = to;
    this.#chunk.since = this.#lines.number + 1;
  }

  #standing(): Standing {
    return { offset: this.#place.offset, hash: this.#place.hash.copy().digest('hex') };
  }
}
