import { DnsError, shown } from '../error.ts';
import { readingRules } from '../reading-rules.ts';
import type { ReadingRule } from '../reading-rules.ts';
import type { Problem } from './file-record.ts';

/** What was found wrong, up to a number. */
export class Problems {
  readonly kept: Problem[] = [];
  unlisted = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Keeps an error of a file. Of a file that another one includes only the rule is said: it may be one that whoever
   * reads the message must not see.
   * @param line the line it is on, where the error itself does not know.
   */
  add(error: unknown, file: string, line: number, included: boolean): void {
    if (!(error instanceof DnsError)) throw error;
    if (this.kept.length >= this.#most) {
      this.unlisted += 1;
      return;
    }
    const { rule, message, hint, word } = error;
    this.kept.push({
      place: { file, line: word?.line ?? line, column: word?.column ?? 1 },
      rule,
      message: included ? readingRules[rule as ReadingRule] : message,
      ...(hint === undefined || included ? {} : { hint }),
      text: included ? '' : shown((word?.text ?? '').replaceAll('\t', ' ')),
    });
  }
}
