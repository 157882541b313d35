/** Why a rule's expression was refused, where (1-based, in characters from the start), and what to write instead. */
export class WafError extends Error {
  override readonly name = 'WafError';
  readonly column: number;
  readonly hint: string | undefined;

  constructor(message: string, column: number, hint?: string) {
    super(message);
    this.column = column;
    this.hint = hint;
  }
}
