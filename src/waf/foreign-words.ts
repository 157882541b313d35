/** Names that other rule languages have, and what says the same here. */
export const variableMeant = new Map([
  ['url', 'Path'],
  ['uri', 'Path'],
  ['querystring', 'RawQuery'],
  ['args', 'Query'],
  ['params', 'Query'],
  ['header', 'Headers'],
  ['remoteaddr', 'IP'],
  ['clientip', 'IP'],
  ['useragent', 'Headers["User-Agent"][0]'],
  ['hostname', 'Host'],
  ['domain', 'Host'],
]);

/** Words of other rule languages, by the operator that does the same here. */
export const operatorMeant = new Map([
  ['eq', 'use `==`'],
  ['ne', 'use `!=`'],
  ['is', 'use `==`'],
  ['like', 'use `contains` or `matches`'],
  ['match', 'use `matches`'],
  ['startswith', 'write `startsWith`'],
  ['endswith', 'write `endsWith`'],
  ['starts_with', 'write `startsWith`'],
  ['ends_with', 'write `endsWith`'],
  ['contain', 'write `contains`'],
  ['includes', 'write `contains`'],
  ['matches', 'write `matches`'],
  ['contains', 'write `contains`'],
  ['and', 'write `and`'],
  ['or', 'write `or`'],
  ['not', 'write `not`'],
  ['in', 'write `in`'],
]);

/** Words that expr-lang has and the subset has not, by what to write instead. */
export const insteadOfWord = new Map([
  ['nil', 'test with `"Name" in Headers` whether a header was sent'],
  ['null', 'test with `"Name" in Headers` whether a header was sent'],
  ['let', 'write the value where it is used'],
  ['if', 'use `and`, `or` and parentheses'],
  ['else', 'use `and`, `or` and parentheses'],
]);
