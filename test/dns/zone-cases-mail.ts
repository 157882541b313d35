import type { ZoneCase } from './zone-cases.ts';

const LOOKUPS = Array.from({ length: 11 }, (_, at) => `include:s${at}.example.net`).join(' ');

/** Zones on texts and mail. */
export const MAIL_CASES: readonly ZoneCase[] = [
  ['spf-single', ['a TXT v=spf1 -all', 'a TXT v=spf1 mx -all', 'a TXT other'], ['spf-single a TXT']],
  ['spf-single', ['@ MX 10 mail.example.net.'], ['spf-single @ TXT']],
  ['spf-single', ['@ MX 10 mail.example.net.', '@ TXT v=spf1 -all'], []],
  ['text-unquoted', ['@ MX 10 a.b.', '@ TXT "v=spf1" "mx" "-all"'], ['text-unquoted @ TXT']],
  ['text-unquoted', ['@ MX 10 a.b.', '@ TXT "V=SPF1mx " "-all"'], ['text-unquoted @ TXT']],
  [
    'text-unquoted',
    ['@ MX 0 .', '@ TXT "v=spf1" "-all"', '_dmarc TXT v=DMARC1; p=reject'],
    ['text-unquoted @ TXT'],
  ],
  ['text-unquoted', ['a TXT "v=spf1" " mx -all"', 'b TXT "v=spf1 mx" " -all"', 'c TXT "v=" "spf1"'], []],
  [
    'text-unquoted',
    ['_dmarc TXT v=DMARC1', 'k._domainkey TXT v=DKIM1', '_mta-sts TXT v=STSv1'],
    ['text-unquoted _dmarc TXT', 'text-unquoted _mta-sts TXT', 'text-unquoted k._domainkey TXT'],
  ],
  ['text-unquoted', ['k._domainkey TXT v=DKIM1; p=', 'a TXT v=other1', 'off _dmarc TXT v=DMARC1'], []],
  ['text-unquoted', ['a.b._report._dmarc TXT v=DMARC1', '*._report._dmarc TXT v=DMARC1'], []],
  ['spf-lookups', [`a TXT v=spf1 ${LOOKUPS} -all`], ['spf-lookups a TXT']],
  ['spf-lookups', [`a TXT v=spf1 ${LOOKUPS.replace('include:s0.example.net ', '')} ip4:192.0.2.1 -all`], []],
  [
    'spf-lookups',
    ['a TXT v=spf1 include:b.example.com -all', 'b TXT v=spf1 include:a.example.com'],
    ['spf-lookups a TXT', 'spf-lookups b TXT'],
  ],
  [
    'spf-lookups',
    ['a TXT v=spf1 a mx:x a/24 ptr exists:x redirect=b.example.com', 'b TXT v=spf1 a mx ptr a:1 mx:2'],
    ['spf-lookups a TXT'],
  ],
  ['spf-lookups', [`a TXT v=spf1 ${LOOKUPS}`.replace('include:s0.example.net', 'all redirect=b.c')], []],
  ['spf-lookups', [`a TXT v=spf1 redirect=b.c ${LOOKUPS.replace('include:s0.example.net ', '')} ~all`], []],
  ['spf-lookups', [`a TXT v=spf1 -all ${LOOKUPS}`], []],
  [
    'spf-lookups',
    [
      `a TXT v=spf1 include:x.w.example.com. -all`,
      `*.w TXT v=spf1 ${LOOKUPS.replace('include:s0.example.net ', '')} -all`,
    ],
    ['spf-lookups a TXT'],
  ],
  ['dmarc', ['_dmarc TXT v=DMARC1; p=none', '_dmarc TXT v=DMARC1; p=reject'], ['dmarc _dmarc TXT']],
  [
    'dmarc',
    ['_dmarc TXT v=DMARC1; sp=reject', '_dmarc.a TXT v=DMARC1;p=Reject', '_dmarc.b TXT v=DMARC1; p=x'],
    ['dmarc _dmarc TXT', 'dmarc _dmarc.b TXT'],
  ],
  ['dmarc', ['_dmarc TXT p=none', '_dmarc.a TXT x', '_dmarc.a TXT v=DMARC1; p=none'], ['dmarc _dmarc TXT']],
  ['no-mail', ['@ MX 0 .'], ['no-mail @']],
  ['no-mail', ['@ TXT v=spf1 -all'], ['no-mail @']],
  ['no-mail', ['@ MX 0 .', '@ TXT v=spf1 -all', '_dmarc TXT v=DMARC1; p=reject'], []],
  ['no-mail', ['@ MX 10 mail.example.net.', '@ TXT v=spf1 -all'], []],
];
