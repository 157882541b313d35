/** The types of the subset: `strings` and `integers` are lists, `map` is a map of lists of strings. */
export type Type = 'string' | 'integer' | 'boolean' | 'strings' | 'integers' | 'map';

const NAMES: Record<Type, string> = {
  string: 'a string',
  integer: 'a number',
  boolean: 'a condition',
  strings: 'a list of strings',
  integers: 'a list of numbers',
  map: 'a map of lists',
};

/** The type in words, with its article. */
export function named(type: Type): string {
  return NAMES[type];
}

export function isList(type: Type): type is 'strings' | 'integers' {
  return type === 'strings' || type === 'integers';
}

/** The type of a list's items. */
export function itemType(list: 'strings' | 'integers'): Type {
  return list === 'strings' ? 'string' : 'integer';
}
