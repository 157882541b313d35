/**
 * The JSON Canonicalization Scheme (RFC 8785): one spelling for each JSON value. Keys are sorted by UTF-16 code units
 * (3.2.3); numbers and strings are spelled as ECMAScript does (3.2.2), which is what JSON.stringify gives for them.
 * @throws TypeError: the value has no JSON form (a number that is not finite, a lone surrogate, undefined, a date…).
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
      return JSON.stringify(value);
    case 'string':
      return canonicalString(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? `[${value.map(canonicalJson).join(',')}]` : canonicalObject(value);
    default:
      throw new TypeError(`a value of type ${typeof value} has no JSON form`);
  }
}

function canonicalObject(object: object): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(`an object of class ${object.constructor.name} has no JSON form`);
  }
  const fields = object as Record<string, unknown>;
  const members = Object.keys(fields)
    .toSorted()
    .map((key) => `${canonicalString(key)}:${canonicalJson(fields[key])}`);
  return `{${members.join(',')}}`;
}

function canonicalString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new TypeError('a lone surrogate has no JSON form');
  return JSON.stringify(text);
}
