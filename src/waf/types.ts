import { variableMeant } from './foreign-words.ts';
import { callType, signatureNames } from './functions.ts';
import { checkHeaderName, checkHostText } from './request-facts.ts';
import type { Node } from './parser.ts';
import { checkRegularExpression } from './regular-expression.ts';
import { isList, itemType, named, type Type } from './type.ts';
import { WafError } from './waf-error.ts';

/** What a rule sees of a request; Query and Headers are maps of lists. */
const VARIABLES: Record<string, Type> = {
  IP: 'string',
  Host: 'string',
  Method: 'string',
  Path: 'string',
  RawQuery: 'string',
  Query: 'map',
  Headers: 'map',
};

type BinaryNode = Extract<Node, { kind: 'binary' }>;
type Rule = (node: BinaryNode, left: Type, right: Type) => void;

const TEXT_OPERATOR: Rule = (node, left, right) => {
  const hint = isList(left) ? listHint(node) : left === 'map' ? MAP_HINT : undefined;
  if (left !== 'string') throw mismatch(node, left, right, hint);
  if (right !== 'string') {
    throw mismatch(
      node,
      left,
      right,
      isList(right) ? 'one of several texts: any(["a", "b"], Path contains #)' : undefined,
    );
  }
};

const ORDER: Rule = (node, left, right) => {
  if (left !== right || (left !== 'integer' && left !== 'string')) {
    throw mismatch(node, left, right, left === 'string' && right === 'integer' ? LENGTH_HINT : undefined);
  }
};

const EQUALITY: Rule = (node, left, right) => {
  if (isList(left) || isList(right))
    throw mismatch(node, left, right, 'compare items: any(list, # == "x") or list[0]');
  if (left === 'map' || right === 'map') throw mismatch(node, left, right, MAP_HINT);
  if (left !== right)
    throw mismatch(node, left, right, left === 'string' && right === 'integer' ? LENGTH_HINT : undefined);
};

const LOGIC: Rule = (node, left, right) => {
  for (const [side, type] of [
    [node.left, left],
    [node.right, right],
  ] as const) {
    if (type === 'boolean') continue;
    const hint =
      side.kind === 'string' ? 'repeat the whole comparison: Path == "/a" || Path == "/b"' : undefined;
    throw new WafError(
      `\`${node.operator}\` joins conditions, and this is ${named(type)}`,
      side.column,
      hint,
    );
  }
};

/** What each binary operator takes, and what comes out where it is not a boolean. */
const OPERATORS: Record<string, { rule: Rule; result?: (left: Type) => Type }> = {
  '||': { rule: LOGIC },
  '&&': { rule: LOGIC },
  '==': { rule: EQUALITY },
  '!=': { rule: EQUALITY },
  '<': { rule: ORDER },
  '<=': { rule: ORDER },
  '>': { rule: ORDER },
  '>=': { rule: ORDER },
  contains: { rule: TEXT_OPERATOR },
  startsWith: { rule: TEXT_OPERATOR },
  endsWith: { rule: TEXT_OPERATOR },
  matches: {
    rule: (node, left, right) => {
      TEXT_OPERATOR(node, left, right);
      checkRegularExpression(node.right);
    },
  },
  in: {
    rule: (node, left, right) => {
      if (right === 'map' ? left === 'string' : isList(right) && itemType(right) === left) return;
      throw mismatch(node, left, right, right === 'string' ? 'part of a text: Path contains "x"' : undefined);
    },
  },
  '+': {
    rule: (node, left, right) => {
      if (left !== right || (left !== 'string' && left !== 'integer')) throw mismatch(node, left, right);
    },
    result: (left) => left,
  },
};

const MAP_HINT = 'pick one: Headers["User-Agent"][0]';
const LENGTH_HINT = 'a length is len(text)';

/** Checks that the tree is a condition by the types of its parts. Throws WafError at the part that is not. */
export function checkCondition(node: Node): void {
  const type = typeOf(node, undefined);
  if (type === 'boolean') return;
  throw new WafError(
    `a rule is a condition, and this is ${named(type)}`,
    node.column,
    'compare it: Path == "/admin"',
  );
}

/** `item` is the type of `#`, inside a predicate. */
function typeOf(node: Node, item: Type | undefined): Type {
  switch (node.kind) {
    case 'string':
    case 'integer':
    case 'boolean':
      return node.kind;
    case 'list':
      return listType(node.items, item, node.column);
    case 'name':
      return variableType(node.name, node.column);
    case 'item':
      return item ?? 'string';
    case 'index':
      return indexType(node, item);
    case 'call':
      return callType(node, (inner, innerItem) => typeOf(inner, innerItem ?? item));
    case 'unary':
      return unaryType(node, item);
    case 'binary':
      return binaryType(node, item);
  }
}

function listType(items: Node[], item: Type | undefined, column: number): Type {
  const types = items.map((inner) => typeOf(inner, item));
  const [first] = types;
  if (first === undefined) throw new WafError('the list is empty', column, 'a list is ["a", "b"]');
  const odd = types.findIndex((type) => type !== first || (type !== 'string' && type !== 'integer'));
  if (odd >= 0) {
    throw new WafError(
      `a list holds only strings or only numbers, and this is ${named(types[odd] ?? first)}`,
      items[odd]?.column ?? column,
    );
  }
  return first === 'string' ? 'strings' : 'integers';
}

function variableType(name: string, column: number): Type {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name] ?? 'string';
  const known = Object.keys(VARIABLES);
  const plain = name.toLowerCase().replaceAll('_', '');
  const near = known.find((variable) => variable.toLowerCase() === plain) ?? variableMeant.get(plain);
  if (signatureNames.includes(name)) throw new WafError(`${name} is a function`, column, `write ${name}(…)`);
  throw new WafError(
    `unknown name ${name}`,
    column,
    near === undefined ? `a rule knows ${known.join(', ')}; texts stand in quotes` : `did you mean ${near}?`,
  );
}

function indexType(node: Extract<Node, { kind: 'index' }>, item: Type | undefined): Type {
  const of = typeOf(node.of, item);
  const key = typeOf(node.key, item);
  if (of === 'map') {
    if (key !== 'string')
      throw new WafError('a map is indexed by a name', node.key.column, 'Headers["User-Agent"]');
    checkHeaderName(node.of, node.key);
    return 'strings';
  }
  if (!isList(of))
    throw new WafError(
      `${named(of)} has no items`,
      node.column,
      'test a part of a text with `contains` or `matches`',
    );
  if (key === 'integer') return itemType(of);
  throw new WafError(
    'a list is indexed by a number',
    node.key.column,
    'the first item is [0], the last one [-1]',
  );
}

function unaryType(node: Extract<Node, { kind: 'unary' }>, item: Type | undefined): Type {
  const type = typeOf(node.of, item);
  const wanted = node.operator === '!' ? 'boolean' : 'integer';
  if (type === wanted) return type;
  throw new WafError(
    `\`${node.operator}\` takes ${named(wanted)}, and this is ${named(type)}`,
    node.of.column,
    node.operator === '!'
      ? 'it binds tightest: write !(Path startsWith "/a") or Path not startsWith "/a"'
      : undefined,
  );
}

function binaryType(node: BinaryNode, item: Type | undefined): Type {
  const left = typeOf(node.left, item);
  const right = typeOf(node.right, item);
  const operator = OPERATORS[node.operator];
  if (!operator) throw new WafError(`unknown operator ${node.operator}`, node.column);
  operator.rule(node, left, right);
  if (node.operator === 'in') checkHeaderName(node.right, node.left);
  checkHostText(node);
  return operator.result?.(left) ?? 'boolean';
}

function mismatch(node: BinaryNode, left: Type, right: Type, hint?: string): WafError {
  return new WafError(
    `\`${node.operator}\` does not go between ${named(left)} and ${named(right)}`,
    node.column,
    hint,
  );
}

function listHint(node: BinaryNode): string {
  return `any(list, # ${node.operator} "x"), or one item: list[0]`;
}
