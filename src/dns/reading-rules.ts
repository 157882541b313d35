/**
 * The rules that hold while a name, TTL or value is read: what breaks one is never stored.
 * `DnsError` takes its ids from here; `rules.ts` lists them beside the rules that look at a whole zone.
 */
export const readingRules = {
  'name-too-long': 'A whole name has at most 253 characters (RFC 1035 2.3.4)',
  'label-too-long': 'A label has at most 63 octets (RFC 1035 2.3.4)',
  'label-empty': 'A name has no empty label: no two dots in a row, no dot in front',
  'name-characters': 'A name holds no white space, control character or percent escape',
  'idn-invalid': 'An international name converts to A-labels and back to itself (UTS 46, non-transitional)',
  'hostname-characters': 'A domain is made of letters, digits and inner hyphens',
  'hostname-address': 'A domain or owner is a name, not an IP address in any spelling',
  'name-outside-zone': 'A record lies in its zone; it is refused, never dropped',
  'wildcard-position': 'A * stands only as the whole leftmost label (RFC 4592)',
  'escape-invalid': 'An escape is \\X or \\DDD with DDD from 000 to 255 (RFC 1035 5.1)',
  'quote-unclosed': 'A quoted string ends on its own line',
  'value-characters': 'A value is one line; ( ) ; and blanks stand only inside quotes',
  'text-not-unicode': 'Text is well-formed Unicode (no lone surrogate)',
  'text-too-long': 'A character string has at most 255 octets, a record at most 65,535',
  'type-unknown': 'A type is in the table, or written TYPEnnn (RFC 3597)',
  'value-fields': 'A value has the fields of its type, no more, no fewer',
  'number-range': 'A number is written in decimal digits and lies in the range of its field',
  'ttl-invalid': 'A TTL is an integer from 0 to 2147483647, or units such as 1h30m (RFC 2181 8)',
  'a-address': 'A holds a dotted IPv4 address without leading zeros',
  'aaaa-address': 'AAAA holds an IPv6 address without a zone id',
  'target-address': 'A target is a host name, not an IP address',
  'target-dot':
    'In words of a command a dotted target outside the zone ends in a dot; in a file it is relative (RFC 1035 5.1)',
  'caa-tag': 'A CAA tag is made of letters and digits (RFC 8659 4.1)',
  'hex-invalid': 'Hex data is an even number of hex digits, and as long as the type asks',
  'service-parameter':
    'The parameters of SVCB and HTTPS have known keys, once each, with values that fit (RFC 9460)',
  'rdata-length':
    'Data in hex is \\# LENGTH HEX, LENGTH counts the octets, and the fields of a known type fill them (RFC 3597 5)',
  'record-incomplete':
    'A line of a master file holds owner, TTL and class where wanted, type and value (RFC 1035 5.1)',
  'owner-missing': 'A line that begins with a blank takes its owner from the record above it (RFC 1035 5.1)',
  'ttl-missing': 'A record has a TTL: its own, that of $TTL, or that of the record above it (RFC 2308 4)',
  'class-unsupported': 'The class is IN',
  'parenthesis-unclosed': 'A ( that joins lines is closed by a )',
  'parenthesis-stray': 'A ) closes a ( before it',
  'directive-unknown': 'The directives are $ORIGIN, $TTL, $INCLUDE and $GENERATE',
  'directive-invalid':
    'A directive has its arguments, no more, no fewer, and none stands behind the mark of a disabled record',
  'include-refused':
    'A file includes others only where that is allowed, from its own folder, to a depth of 8',
  'generate-invalid':
    '$GENERATE is START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE VALUE: at most 65,536 records, 64 MiB in all',
  'remark-invalid':
    'A comment has at most 1000 characters; behind cf_tags= stand NAME or NAME:VALUE, at most 100, with commas',
  'entry-too-long': 'A line, and a record over several lines, has at most 1 MiB',
  'text-encoding': 'A master file is text, UTF-8 or ASCII: not UTF-16, no NUL octets, no CR but before LF',
} as const;

/** The id of a rule that is checked while reading. */
export type ReadingRule = keyof typeof readingRules;
