import { Int32 } from 'bson';
import { toRegExp } from '../query/regex.ts';
import { ServerError } from '../server-error.ts';
import { isNullish, onNamed, onPresent, onValues, textValue, wholeValue, type Operator } from './operator.ts';
import { textOf } from './type-expressions.ts';

const substring = onValues(3, 3, ([text, start, length], name) => {
  const characters = [...(isNullish(text) ? '' : textOf(text, name))];
  const from = wholeValue(start, name);
  const count = wholeValue(length, name);
  if (from < 0 || count < 0)
    throw new ServerError(34455, `${name}: the starting index and the length must not be negative`);
  return characters.slice(from, from + count).join('');
});

const trim = (ends: { start: boolean; end: boolean }): Operator =>
  onNamed(['input'], ['chars'], ({ input, chars }, name) => {
    if (isNullish(input)) return null;
    const characters = [...textValue(input, name)];
    const given = chars === undefined ? undefined : [...textValue(chars, name)];
    const isTrimmed = (character: string | undefined): boolean =>
      character !== undefined && (given ? given.includes(character) : /[\s\0]/.test(character));
    let from = 0;
    let to = characters.length;
    if (ends.start) while (from < to && isTrimmed(characters[from])) from++;
    if (ends.end) while (to > from && isTrimmed(characters[to - 1])) to--;
    return characters.slice(from, to).join('');
  });

const replace = (all: boolean): Operator =>
  onNamed(['input', 'find', 'replacement'], [], ({ input, find, replacement }, name) => {
    if ([input, find, replacement].some(isNullish)) return null;
    const [text, from, to] = [input, find, replacement].map((each) => textValue(each, name)) as [
      string,
      string,
      string,
    ];
    return all ? text.replaceAll(from, () => to) : text.replace(from, () => to);
  });

const regexMatch = onNamed(['input', 'regex'], ['options'], ({ input, regex, options }, name) =>
  isNullish(input) || isNullish(regex) ? false : toRegExp(regex, options).test(textValue(input, name)),
);

/** Upper and lower case of ASCII letters only, as MongoDB does it. */
const changeCase = (from: RegExp, change: (text: string) => string): Operator =>
  onValues(1, 1, ([value], name) => (isNullish(value) ? '' : textOf(value, name).replace(from, change)));

/** Operators on text. */
export const TEXT_OPERATORS: Readonly<Record<string, Operator>> = {
  $concat: onPresent(0, Infinity, (values, name) => values.map((value) => textValue(value, name)).join('')),
  $toLower: changeCase(/[A-Z]+/g, (text) => text.toLowerCase()),
  $toUpper: changeCase(/[a-z]+/g, (text) => text.toUpperCase()),
  $strLenCP: onValues(1, 1, ([text], name) => new Int32([...textValue(text, name)].length)),
  $strLenBytes: onValues(1, 1, ([text], name) => new Int32(Buffer.byteLength(textValue(text, name)))),
  $substrCP: substring,
  $split: onPresent(2, 2, ([text, separator], name) => {
    if (separator === '') throw new ServerError(40087, '$split requires a non-empty separator');
    return textValue(text, name).split(textValue(separator, name));
  }),
  $trim: trim({ start: true, end: true }),
  $ltrim: trim({ start: true, end: false }),
  $rtrim: trim({ start: false, end: true }),
  $replaceOne: replace(false),
  $replaceAll: replace(true),
  $regexMatch: regexMatch,
};
