import type { Node } from './parser.ts';
import { isList, itemType, named, type Type } from './type.ts';
import { WafError } from './waf-error.ts';

type Call = Extract<Node, { kind: 'call' }>;
type TypeOf = (node: Node, item?: Type) => Type;

interface Signature {
  example: string;
  /** The types each argument may have; arguments from `optional` on may be left out. */
  takes: Type[][];
  optional?: number;
  gives: Type;
}

const LISTS: Type[] = ['strings', 'integers'];

const SIGNATURES: Record<string, Signature> = {
  len: { example: 'len(Path)', takes: [['string', ...LISTS, 'map']], gives: 'integer' },
  lower: { example: 'lower(Path)', takes: [['string']], gives: 'string' },
  upper: { example: 'upper(Method)', takes: [['string']], gives: 'string' },
  trim: {
    example: 'trim(Path) or trim(Path, "/")',
    takes: [['string'], ['string']],
    optional: 1,
    gives: 'string',
  },
  any: { example: 'any(Headers["Via"], # contains "x")', takes: [LISTS, ['boolean']], gives: 'boolean' },
  all: { example: 'all(Query["id"], # matches `^[0-9]+$`)', takes: [LISTS, ['boolean']], gives: 'boolean' },
  none: { example: 'none(Headers["Via"], # contains "x")', takes: [LISTS, ['boolean']], gives: 'boolean' },
};
const WITH_PREDICATE = new Set(['any', 'all', 'none']);

/** The functions a rule may call. */
export const signatureNames = Object.keys(SIGNATURES);

/** What a call gives, its arguments checked. Throws WafError for an unknown function or a wrong argument. */
export function callType(call: Call, typeOf: TypeOf): Type {
  const signature = Object.hasOwn(SIGNATURES, call.name) ? SIGNATURES[call.name] : undefined;
  if (!signature) throw unknownFunction(call);
  const least = signature.optional ?? signature.takes.length;
  if (call.args.length < least || call.args.length > signature.takes.length) {
    throw new WafError(`${call.name} takes other arguments`, call.column, signature.example);
  }
  let item: Type | undefined;
  for (const [index, arg] of call.args.entries()) {
    const type = typeOf(arg, item);
    const wanted = signature.takes[index] ?? [];
    if (!wanted.includes(type)) {
      throw new WafError(
        `${call.name} takes ${wanted.map(named).join(' or ')} here, and this is ${named(type)}`,
        arg.column,
        signature.example,
      );
    }
    if (WITH_PREDICATE.has(call.name) && isList(type)) item = itemType(type);
  }
  return signature.gives;
}

function unknownFunction(call: Call): WafError {
  const near = signatureNames.find((name) => name === call.name.toLowerCase());
  const hint = near === undefined ? `a rule knows ${signatureNames.join(', ')}` : `did you mean ${near}?`;
  return new WafError(`${call.name} is not a function of the rule language`, call.column, hint);
}
