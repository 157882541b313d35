/** Master files with a bit of everything, for mutants to be made of. */
export const SEEDS: readonly string[] = [
  '$TTL 300\n$ORIGIN example.com.\n@ IN SOA ns1 hostmaster ( 2026112401 ; serial\n 2h 1h 4w 5m )\n' +
    '@ NS ns1\n  NS ns2.example.net.\nns1 A 192.0.2.1\n\tAAAA 2001:db8::1\n',
  'www 300 IN A 192.0.2.1 ; the web cf_tags=cf-proxied:true,a\nwww IN 300 A 192.0.2.2\n*.eu CNAME www\n',
  '$TTL 1h\n_sip._tcp SRV 10 20 5060 sip\n@ MX 10 mail\n@ CAA 0 issue "ca.example.net; x=y"\n',
  '$TTL 1\na TXT "one" two "th;ree" \\059\\"x\nb TXT "\\000\\255"\n\\@ TXT x\n',
  '$TTL 60\n$GENERATE 1-20/3 host${0,3,d} A 192.0.2.$\n$GENERATE 1-4 $ PTR "h$.example.net."\n',
  'b\u00fccher 60 CNAME stra\u00dfe.example.\nxn--bcher-kva 60 TXT x\n',
  'a 60 HTTPS 1 . alpn="h2,h3" port=443 ipv4hint=192.0.2.1\nb 60 NAPTR 1 2 "u" "sip" "!^.*$!x!" .\n',
  'a 60 TYPE65280 \\# 2 beef\nb 60 A \\# 4 c0000201\nc 60 TLSA 3 1 1 ( 00\n 11 )\nd 60 DS 1 8 2 abcd\n',
  '; netgoat-disabled: old 300 A 192.0.2.9 ; gone\n;; A comment\n\n   \nnew 300 ALIAS other.example.net.\r\n',
  'a 60 TXT "one"\rb 60 TXT "two"\r\nc 60 TXT "caf\\\u00e9" ; \\\u00e9\r\r\nd 60 TXT x\\\\\u00e9\n',
  'a 60 A 192.0.2.1\n; netgoat-disabled: b 90 A 192.0.2.2\n A 192.0.2.3\n; netgoat-disabled:  A 192.0.2.4\nc TXT x\n',
  'a 60 SVCB 1 . mandatory=alpn alpn="h2"port=443 key667=a="b" dohpath=/{?dns}\n$GENERATE 1-3 ${0,2,n}x 5 A 192.0.2.$\n A 192.0.2.9\n',
  '\ufeff$TTL 5m\n$ORIGIN sub\n@ TXT (\n "a"\n "b" )\n$INCLUDE other.zone\nx SSHFP 1 1 aabb\n',
];
