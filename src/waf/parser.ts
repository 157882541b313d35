import { insteadOfWord, operatorMeant } from './foreign-words.ts';
import type { Token } from './tokens.ts';
import { WafError } from './waf-error.ts';

/** `column` is where a message about the node points. */
export type Node =
  | { kind: 'string'; value: string; column: number }
  | { kind: 'integer'; value: number; column: number }
  | { kind: 'boolean'; value: boolean; column: number }
  | { kind: 'list'; items: Node[]; column: number }
  | { kind: 'name'; name: string; column: number }
  | { kind: 'item'; column: number }
  | { kind: 'index'; of: Node; key: Node; column: number }
  | { kind: 'call'; name: string; args: Node[]; column: number }
  | { kind: 'unary'; operator: '!' | '-'; of: Node; column: number }
  | { kind: 'binary'; operator: string; left: Node; right: Node; column: number };

const MOST_NESTING = 48;

/** Binary operators by how tight they bind (expr-lang's table); all group to the left. */
const PRECEDENCE: Record<string, number> = {
  '||': 10,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '<=': 20,
  '>': 20,
  '>=': 20,
  in: 20,
  matches: 20,
  contains: 20,
  startsWith: 20,
  endsWith: 20,
  '+': 30,
};
const COMPARISON = 20;
/** `not` and `!` bind tighter than every comparison: `!Path == "/"` is `(!Path) == "/"`. */
const NOT = 50;
const NEGATIVE = 90;

const SPELLINGS: Record<string, string> = { and: '&&', or: '||', not: '!' };
const AFTER_NOT = new Set(['in', 'matches', 'contains', 'startsWith', 'endsWith']);
/** Calls whose second argument is a condition on `#`. */
const PREDICATE_CALLS = new Set(['any', 'all', 'none']);
const LITERALS = new Map([
  ['true', true],
  ['false', false],
]);

/** The tree of an expression. Throws WafError where it is not one of the subset. */
export function parse(tokens: Token[]): Node {
  const parser = new Parser(tokens);
  const node = parser.expression(0);
  parser.expectEnd();
  return node;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;
  #predicates = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  expression(least: number): Node {
    this.#depth += 1;
    if (this.#depth > MOST_NESTING) {
      throw new WafError(
        'the expression is nested too deeply',
        this.#peek().column,
        'split it into several rules',
      );
    }
    let left = this.#operand();
    let compared = false;
    for (;;) {
      const negated = this.#isNegated();
      const token = this.#peek(negated ? 1 : 0);
      const operator = operatorOf(token);
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence < least) break;
      if (precedence === COMPARISON && compared) {
        throw new WafError('comparisons cannot be chained', token.column, 'put one of them in parentheses');
      }
      compared = precedence === COMPARISON;
      this.#at += negated ? 2 : 1;
      const right = this.expression(precedence + 1);
      left = { kind: 'binary', operator, left, right, column: token.column };
      if (negated) left = { kind: 'unary', operator: '!', of: left, column: token.column };
    }
    this.#depth -= 1;
    return left;
  }

  expectEnd(): void {
    const token = this.#peek();
    if (token.kind !== 'end') throw unexpected(token, 'an operator');
  }

  #operand(): Node {
    const token = this.#next();
    const operator = operatorOf(token);
    if (operator === '!') return { kind: 'unary', operator, of: this.expression(NOT), column: token.column };
    if (operator === '-')
      return { kind: 'unary', operator, of: this.expression(NEGATIVE), column: token.column };
    return this.#postfix(this.#primary(token));
  }

  #primary(token: Token): Node {
    const { column, text } = token;
    if (token.kind === 'string') return { kind: 'string', value: text, column };
    if (token.kind === 'integer') return { kind: 'integer', value: Number(text), column };
    if (token.kind === 'name') return this.#named(token);
    if (token.kind === 'sign' && text === '(') {
      const inner = this.expression(0);
      this.#expect(')');
      return inner;
    }
    if (token.kind === 'sign' && text === '[') return { kind: 'list', items: this.#until(']'), column };
    if (token.kind === 'sign' && text === '#') return this.#item(token);
    if (token.kind === 'sign' && text === '{') {
      throw new WafError('maps are not part of the rule language', column, 'a list is ["a", "b"]');
    }
    throw unexpected(token, 'a value');
  }

  #named({ text, column }: Token): Node {
    const literal = LITERALS.get(text);
    if (literal !== undefined) return { kind: 'boolean', value: literal, column };
    const instead = insteadOfWord.get(text);
    if (instead !== undefined)
      throw new WafError(`\`${text}\` is not part of the rule language`, column, instead);
    if (!this.#accept('(')) return { kind: 'name', name: text, column };
    const predicate = PREDICATE_CALLS.has(text);
    return {
      kind: 'call',
      name: text,
      args: predicate ? this.#predicateArguments() : this.#until(')'),
      column,
    };
  }

  #item({ column }: Token): Node {
    if (this.#predicates === 0) {
      throw new WafError('`#` is the item of a list, inside any, all or none', column, 'any(list, # == "x")');
    }
    const next = this.#peek();
    if (
      next.column === column + 1 &&
      (next.kind === 'name' || next.kind === 'word' || next.kind === 'integer')
    ) {
      throw new WafError(
        `\`#${next.text}\` is not part of the rule language`,
        column,
        'put a blank after `#`',
      );
    }
    return { kind: 'item', column };
  }

  /** `list, predicate)` or `list, {predicate})`. */
  #predicateArguments(): Node[] {
    const list = this.expression(0);
    this.#expect(',');
    this.#predicates += 1;
    const braced = this.#accept('{');
    const predicate = this.expression(0);
    if (braced) this.#expect('}');
    this.#predicates -= 1;
    this.#expect(')');
    return [list, predicate];
  }

  #postfix(start: Node): Node {
    let node = start;
    for (;;) {
      const token = this.#peek();
      if (this.#accept('[')) {
        const key = this.expression(0);
        this.#expect(']');
        node = { kind: 'index', of: node, key, column: token.column };
      } else if (this.#accept('.')) {
        node = { kind: 'index', of: node, key: this.#property(token), column: token.column };
      } else return node;
    }
  }

  #property(dot: Token): Node {
    const token = this.#next();
    if (token.kind !== 'name') {
      throw new WafError('a name must follow the dot', dot.column, 'write Query["name"] for any name');
    }
    if (this.#peek().text === '(' && this.#peek().kind === 'sign') {
      throw new WafError('methods are not part of the rule language', token.column, 'write lower(Path)');
    }
    return { kind: 'string', value: token.text, column: token.column };
  }

  #until(close: string): Node[] {
    const nodes: Node[] = [];
    if (this.#accept(close)) return nodes;
    do nodes.push(this.expression(0));
    while (this.#accept(','));
    this.#expect(close);
    return nodes;
  }

  #isNegated(): boolean {
    const next = this.#peek(1);
    return (
      this.#peek().text === 'not' &&
      this.#peek().kind === 'word' &&
      next.kind === 'word' &&
      AFTER_NOT.has(next.text)
    );
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #accept(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#accept(sign)) throw unexpected(this.#peek(), `\`${sign}\``);
  }
}

function operatorOf(token: Token): string | undefined {
  if (token.kind !== 'sign' && token.kind !== 'word') return undefined;
  return Object.hasOwn(SPELLINGS, token.text) ? SPELLINGS[token.text] : token.text;
}

function unexpected(token: Token, wanted: string): WafError {
  if (token.fault) return token.fault;
  if (token.kind === 'end')
    return new WafError(`the expression ends where ${wanted} should stand`, token.column);
  const shown = token.kind === 'string' ? 'a string' : `\`${token.text}\``;
  const hint = token.kind === 'name' ? operatorMeant.get(token.text.toLowerCase()) : undefined;
  return new WafError(`${shown} stands where ${wanted} should`, token.column, hint);
}
