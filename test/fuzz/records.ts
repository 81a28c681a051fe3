// Records as they are found in the wild, well made and not, and what chance makes of them.
import fc, { type Arbitrary } from "fast-check";

export const SPF_IN_THE_WILD = [
  "v=spf1 include:spf.protection.outlook.com -all",
  "v=spf1  ip4:198.51.100.7   include:_spf.google.com ~all ",
  "v=spf1 a mx ptr:contoso.com ip4:198.51.100.0/24 ip6:2001:db8::/32 exists:%{i}._spf.contoso.com ?all",
  "v=spf1 a:mail.contoso.com/28//64 mx/24 redirect=_spf.contoso.com",
  "V=SPF1 +MX IP4:203.0.113.1/32 Include:Spf.Contoso.COM. -ALL",
  "v=spf1 exists:%{ir}.%{v}._spf.%{d2} exp=explain._spf.%{d} -all",
  "v=spf1\tinclude:spf.contoso.com\t-all",
  '"v=spf1 include:spf.contoso.com" " ip4:198.51.100.7 -all"',
  "v=spf10 mx",
  "v=spf1",
  "include:spf.contoso.com -all",
  "v=spf1 ip4:2001:db8::1 ip6:198.51.100.7 ip4:198.51.100.7/33 ip4=198.51.100.7 ipv4:1.2.3.4 -all",
  "v=spf1 -all include:late.contoso.com redirect=a.contoso.com redirect=b.contoso.com",
  "v=spf1 mx -all.",
  "v=spf1 a:%%%_%-.%{l1r+-}.%{o}.contoso.com ~all",
  "v=spf1 a:%{ %{} %{x} %{d0} %{d999999999999999999999999} %{dr.-+,/_=}.com",
  "v=spf1 include:münchen.de \u00a0 mx",
  "google-site-verification=abcdefghijklmnopqrstuvwxyz",
  `v=spf1 ${"ip4:198.51.100.7 ".repeat(28)}~all`,
];

export const DMARC_IN_THE_WILD = [
  "v=DMARC1; p=none; rua=mailto:dmarc@contoso.com",
  "v=DMARC1;p=reject;pct=25;rua=mailto:a@b.com!10m,mailto:c@d.com;ruf=mailto:e@f.com;fo=1:d:s;ri=86400;rf=afrf",
  "v=DMARC1; p=quarantine; sp=none; np=reject; adkim=s; aspf=r; psd=n; t=y;",
  "V = DMARC1 ; P = Reject ; unknown = x=y ;; ",
  "v=DMARC1 p=none",
  "v=dmarc1; p=none",
  "p=none; v=DMARC1",
  "v=DMARC1; p=none; p=reject; rua=dmarc@contoso.com; ruf=https://contoso.com/r",
  "v=DMARC1; p=; rua=; pct=101; fo=2; =; ;",
  "v=DMARC1; p=none; rua=mailto:a%2Cb%zz@contoso.com,, mailto:\u00fc@contoso.com",
];

export const DKIM_IN_THE_WILD = [
  "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
  "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
  "v=DKIM1; k=rsa; t=y:s; h=sha1:sha256; s=email:*; n=notes; p=",
  "k=rsa; p=MIGf MA0G\tCSqG SIb3DQEBAQUAA4GN",
  "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALY+",
  "v=DKIM2; p=AAAA; p=BBBB; a; =x",
];

export const TXT_IN_THE_WILD = [
  '"v=spf1 include:spf.contoso.com -all"',
  '"v=DKIM1; k=rsa; p=MIIBIjAN"  "BgkqhkiG9w0BAQ"',
  '"a\\"b\\\\c\\195\\188" plain "d',
  "v=spf1 -all",
  '"" ""',
  '"\\300 \\25 \\"',
  '  "x"\t\n"y" ',
  "\\",
];

// biome-ignore format: a table
const PIECES = [
  " ", "  ", "\t", "\r\n", ";", "=", ":", "/", "//", "%", "%{", "}", "%{d}", "%%", "+", "-", "~", "?", '"', "\\",
  "\\000", "\\999", ",", "!", "!10m", "@", "..", "all", "-all", "include:", "redirect=", "ip4:", "ip6:", "a", "mx",
  "ptr", "exists:", "v=spf1", "v=spf1 ", "v=DMARC1", "p=", "p=reject", "rua=mailto:", "k=rsa", "\u00a0", "ü", "😀",
  "\ud800", "\0", "0".repeat(20), "/".repeat(30), " ".repeat(50), "x".repeat(300),
];

/** Octets, most of them printable, and now and then a character beyond. */
const noise = (maxLength: number): Arbitrary<string> =>
  fc.string({
    maxLength,
    unit: fc.oneof(
      { weight: 27, arbitrary: fc.integer({ min: 0x20, max: 0x7e }).map(character) },
      { weight: 12, arbitrary: fc.nat(0xff).map(character) },
      { weight: 1, arbitrary: fc.nat(0xffff).map(character) },
    ),
  });

/** A UTF-16 code unit, which may be half of a pair. */
function character(code: number): string {
  return String.fromCharCode(code);
}

/** A change at one place: `cut` characters go, `text` comes. */
interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly text: string;
}

function edited(record: string, { at, cut, text }: Edit): string {
  const start = at % (record.length + 1);
  return record.slice(0, start) + text + record.slice(start + cut);
}

/** A record of the list with up to three places changed, sometimes in capitals; now and then mere noise. */
export function mutated(wild: readonly string[]): Arbitrary<string> {
  const record = fc.constantFrom(...wild);
  const text = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 2, arbitrary: noise(8) },
    { weight: 1, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: record },
  );
  const edit = fc.record({ at: fc.nat(400), cut: fc.nat(8), text });
  const edits = fc.array(edit, { maxLength: 3 });
  const isCapitals = fc.nat(15).map((number) => number === 15);
  return fc.oneof(
    {
      weight: 7,
      arbitrary: fc.tuple(record, edits, isCapitals).map(([base, all, inCapitals]) => {
        const changed = all.reduce(edited, base);
        return inCapitals ? changed.toUpperCase() : changed;
      }),
    },
    { weight: 1, arbitrary: noise(80) },
  );
}

// biome-ignore format: a table
const TERMS = [
  "a", "mx", "A/24", "mx//64", "a:mail.contoso.com", "+mx", "?ptr", "include:spf.protection.outlook.com",
  "INCLUDE:Spf.Protection.Outlook.com", "~include:spf.protection.outlook.com", "include:_spf.google.com",
  "ip4:198.51.100.7", "ip4:198.51.100.7/32", "IP4:198.51.100.0/24", "-ip4:198.51.100.7", "ip6:2001:db8::/32",
  "exists:%{i}.%{d}", "exp=why.contoso.com", "unknown=%{s}", "-all", "~all", "?all", "all", "redirect=_spf.contoso.com",
];

/** An SPF record that can be read, with odd spaces, terms after `all`, and ours among the owner's. */
export function readableSpf(): Arbitrary<string> {
  const spaces = fc.constantFrom(" ", " ", " ", "  ", "    ");
  const terms = fc.array(fc.tuple(spaces, fc.constantFrom(...TERMS)), { maxLength: 7 });
  const end = fc.constantFrom("", "", " ", "  ");
  return fc
    .tuple(fc.constantFrom("v=spf1", "V=SPF1"), terms, end)
    .map(([version, all, rest]) => version + withoutRepeats(all).join("") + rest);
}

/** A modifier may stand there once. */
function withoutRepeats(terms: readonly [string, string][]): string[] {
  const isModifier = (term: string) => term.startsWith("exp=") || term.startsWith("redirect=");
  return terms.map(([spaces, term], index) => {
    const isRepeat = isModifier(term) && terms.slice(0, index).some(([, other]) => other === term);
    return spaces + (isRepeat ? "mx" : term);
  });
}

// biome-ignore format: a table
const OURS = [
  "include:spf.protection.outlook.com", "ip4:198.51.100.7", "ip4:198.51.100.0/28", "ip4:203.0.113.9", "ip4:203.0.113.9/32",
  "Include:SPF.contoso.com.", "a:mail.contoso.com", "mx",
];

/** Some of the terms that we may want to add, in any order. */
export const someOfOurs = (): Arbitrary<string[]> =>
  fc.array(fc.constantFrom(...OURS), { maxLength: 3 });
