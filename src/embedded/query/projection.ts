import type { Document } from 'bson';
import { compileExpression, environmentOf } from '../aggregate/expression.ts';
import type { Evaluate } from '../aggregate/operator.ts';
import { setThrough } from '../aggregate/set-through.ts';
import { cstringEnd, decode, encode, rawOf, valueSize, wrapValue } from '../bson/raw.ts';
import { isDocument, isNumber, isTrue, toNumber } from '../bson/values.ts';
import { notSupported, ServerError } from '../server-error.ts';
import { elementTest } from './match.ts';
import { matchedPosition } from './position.ts';

/** A find projection: raw document in, raw document out. */
export type Projection = (raw: Buffer) => Buffer;

type Leaf = { readonly keep: boolean } | { readonly change: (value: unknown, raw: Buffer) => unknown };
type Tree = Map<string, Tree | Leaf>;

interface Plan {
  readonly tree: Tree;
  inclusive: boolean | undefined;
  /** What of a find projection is in it. */
  readonly uses: Set<'slice' | 'elemMatch' | 'positional'>;
  readonly computed: [readonly string[], Evaluate][];
}

/**
 * Compiles a projection (manual, "Project Fields to Return"): inclusion, exclusion, `$slice`, `$elemMatch`, the
 * positional `$`, and expressions. `filter` is what the positional `$` refers to.
 */
export function compileProjection(projection: Document | undefined, filter: Document): Projection {
  const entries = Object.entries(projection ?? {});
  if (entries.length === 0) return (raw) => raw;
  const plan = planOf(entries, filter, kindOf);
  if (isFlat(plan)) return flatProjection(plan);
  return (raw) => encode(applyPlan(plan, decode(raw), raw, undefined));
}

/** Compiles the argument of `$project`, where every operator is an expression. */
export function compileDocumentProjection(
  projection: Document,
  variables: Document | undefined,
): (document: Document) => Document {
  const plan = planOf(Object.entries(projection), {}, (value) =>
    FIND_ONLY.has(kindOf(value)) ? 'expression' : kindOf(value),
  );
  return (document) => applyPlan(plan, document, NO_BYTES, variables);
}

const NO_BYTES = Buffer.alloc(0);

function planOf(
  entries: readonly [string, unknown][],
  filter: Document,
  kind: (value: unknown) => Kind,
): Plan {
  const plan: Plan = { tree: new Map(), inclusive: undefined, uses: new Set(), computed: [] };
  for (const [path, value] of entries) addPath(plan, path, value, filter, kind);
  const id = plan.tree.get('_id');
  if (plan.inclusive === undefined) {
    // nothing but _id, $slice and $elemMatch: _id: 1 is an inclusion, and so is $elemMatch where there is no $slice
    const withId = id !== undefined && 'keep' in id && id.keep;
    plan.inclusive = withId || (plan.uses.has('elemMatch') && !plan.uses.has('slice'));
  }
  if (plan.inclusive && id === undefined) plan.tree.set('_id', { keep: true });
  return plan;
}

type Kind = 'flag' | 'slice' | 'elemMatch' | 'meta' | 'nested' | 'empty' | 'expression';
/** Kinds that mean something else in `$project`. */
const FIND_ONLY: ReadonlySet<Kind> = new Set<Kind>(['slice', 'elemMatch']);

function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean' || isNumber(value)) return 'flag';
  if (isDocument(value)) {
    const first = Object.keys(value)[0];
    if (first === '$slice')
      return Array.isArray(value['$slice']) && value['$slice'].length === 3 ? 'expression' : 'slice';
    if (first === '$elemMatch') return 'elemMatch';
    if (first === '$meta') return 'meta';
    if (first === undefined) return 'empty';
    if (!first.startsWith('$')) return 'nested';
  }
  return 'expression';
}

function addPath(
  plan: Plan,
  path: string,
  value: unknown,
  filter: Document,
  kindBy: (value: unknown) => Kind,
): void {
  const kind = kindBy(value);
  if (kind === 'meta') throw notSupported('$meta in a projection');
  if (kind === 'empty') throw new ServerError(51270, `Invalid empty sub-projection: ${path}`);
  if (kind === 'nested') {
    for (const [key, inner] of Object.entries(value as Document))
      addPath(plan, `${path}.${key}`, inner, filter, kindBy);
    return;
  }
  if (path.endsWith('.$') && kind !== 'flag')
    throw new ServerError(31271, 'positional projection cannot be used with an expression or sub object');
  if (kind === 'expression') {
    if (plan.inclusive === false)
      throw new ServerError(31252, 'Cannot use expression other than $meta in exclusion projection');
    plan.inclusive = true;
    plan.computed.push([path.split('.'), compileExpression(value)]);
    // what is there is left out, but for the documents and arrays on the way
    return setLeaf(plan.tree, path, { keep: false });
  }
  if (kind === 'slice') {
    plan.uses.add('slice');
    return setLeaf(plan.tree, path, { change: sliceOf((value as Document)['$slice']) });
  }
  if (kind === 'elemMatch') return addElemMatch(plan, path, (value as Document)['$elemMatch']);
  const keep = isTrue(value);
  if (path.endsWith('.$')) return addPositional(plan, path.slice(0, -2), keep, filter);
  if (path !== '_id') setMode(plan, keep, path);
  if (path.split('.').some((part) => part.startsWith('$')))
    throw new ServerError(31394, `a field path of a projection has no part that begins with '$': ${path}`);
  setLeaf(plan.tree, path, { keep });
}

function addElemMatch(plan: Plan, path: string, argument: unknown): void {
  if (path.includes('.')) throw new ServerError(31275, 'Cannot use $elemMatch projection on a nested field.');
  if (plan.uses.has('positional')) throw withBoth(31255);
  plan.uses.add('elemMatch');
  setLeaf(plan.tree, path, { change: firstElement(argument) });
}

function withBoth(code: number): ServerError {
  return new ServerError(code, 'Cannot specify positional operator and $elemMatch.');
}

function setMode(plan: Plan, inclusive: boolean, path: string): void {
  if (plan.inclusive === undefined) plan.inclusive = inclusive;
  if (plan.inclusive === inclusive) return;
  throw inclusive
    ? new ServerError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
    : new ServerError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
}

function setLeaf(tree: Tree, path: string, leaf: Leaf): void {
  const parts = path.split('.');
  const last = parts.pop() as string;
  let node = tree;
  for (const part of parts) {
    let next = node.get(part);
    if (next === undefined) node.set(part, (next = new Map()));
    if (!(next instanceof Map)) throw new ServerError(31249, `Path collision at ${path}`);
    node = next;
  }
  if (node.has(last)) throw new ServerError(31250, `Path collision at ${path}`);
  node.set(last, leaf);
}

function addPositional(plan: Plan, path: string, keep: boolean, filter: Document): void {
  if (!keep) throw new ServerError(31395, 'positional projection cannot be used with exclusion');
  if (plan.uses.has('positional'))
    throw new ServerError(31276, 'Cannot specify more than one positional projection per query.');
  if (plan.uses.has('elemMatch')) throw withBoth(31256);
  plan.uses.add('positional');
  setMode(plan, true, path);
  setLeaf(plan.tree, path, {
    change: (value, raw) => {
      if (!Array.isArray(value)) return value;
      const position = matchedPosition(filter, raw, path);
      if (position === undefined) {
        throw new ServerError(
          51246,
          "Executor error during find command: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      return [value[position]];
    },
  });
}

function sliceOf(argument: unknown): (value: unknown) => unknown {
  const numbers = (Array.isArray(argument) ? argument : [argument]).map(toNumber);
  const [first, limit] = numbers as [number, number | undefined];
  if (numbers.some(Number.isNaN) || numbers.length > 2) throw new ServerError(28667, 'Invalid $slice syntax');
  if (limit !== undefined && limit <= 0) throw new ServerError(28724, '$slice limit must be positive');
  return (value) => {
    if (!Array.isArray(value)) return value;
    if (limit === undefined) return first < 0 ? value.slice(first) : value.slice(0, first);
    const start = first < 0 ? Math.max(0, value.length + first) : first;
    return value.slice(start, start + limit);
  };
}

function firstElement(argument: unknown): (value: unknown) => unknown {
  const test = elementTest(argument, {});
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const hit = value.find((element) => {
      const { bytes, type, offset } = rawOf(element);
      return bytes.length > 0 ? test(bytes, type, offset) : test(wrapValue(bytes, type, offset), type, 7);
    });
    return hit === undefined ? undefined : [hit];
  };
}

function isFlat(plan: Plan): boolean {
  return (
    plan.computed.length === 0 &&
    [...plan.tree.values()].every((leaf) => !(leaf instanceof Map) && 'keep' in leaf)
  );
}

/** Top-level fields only: the kept bytes are copied, nothing is decoded. */
function flatProjection(plan: Plan): Projection {
  const keepNamed = (name: string): boolean => {
    const leaf = plan.tree.get(name);
    return leaf === undefined ? !plan.inclusive : 'keep' in leaf && leaf.keep;
  };
  return (raw) => {
    const pieces: Buffer[] = [];
    let size = 5;
    let at = 4;
    while (at < raw.length - 1) {
      const start = at;
      const nameEnd = cstringEnd(raw, start + 1);
      at = nameEnd + 1 + valueSize(raw, raw[start] as number, nameEnd + 1);
      if (!keepNamed(raw.toString('utf8', start + 1, nameEnd))) continue;
      pieces.push(raw.subarray(start, at));
      size += at - start;
    }
    const out = Buffer.allocUnsafe(size);
    let end = out.writeInt32LE(size, 0);
    for (const piece of pieces) end += piece.copy(out, end);
    out[end] = 0;
    return out;
  };
}

function applyPlan(plan: Plan, document: Document, raw: Buffer, variables: Document | undefined): Document {
  let result = projectDocument(document, plan.tree, plan.inclusive === true, raw);
  const environment = environmentOf(document, variables);
  for (const [path, evaluate] of plan.computed) result = setThrough(result, path, evaluate(environment));
  const { _id: id, ...rest } = result;
  return id === undefined ? rest : { _id: id, ...rest };
}

function projectDocument(document: Document, tree: Tree, inclusive: boolean, raw: Buffer): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const node = tree.get(name);
    if (node === undefined) {
      if (!inclusive) result[name] = value;
    } else if (node instanceof Map) {
      const inner = projectNested(value, node, inclusive, raw);
      if (inner !== undefined) result[name] = inner;
    } else if ('change' in node) {
      const changed = node.change(value, raw);
      if (changed !== undefined) result[name] = changed;
    } else if (node.keep) result[name] = value;
  }
  return result;
}

function projectNested(value: unknown, tree: Tree, inclusive: boolean, raw: Buffer): unknown {
  if (isDocument(value)) return projectDocument(value, tree, inclusive, raw);
  if (Array.isArray(value)) {
    return value
      .map((element) => projectNested(element, tree, inclusive, raw))
      .filter((element) => element !== undefined);
  }
  return inclusive ? undefined : value;
}
