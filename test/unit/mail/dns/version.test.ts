// TXT records that are meant as SPF or DMARC, that receivers pass over, and others that they rightly pass over.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DMARC_VERSION, dmarcProblems } from "../../../../mail/dns/dmarc/problems.ts";
import { SPF_VERSION } from "../../../../mail/dns/spf/parse.ts";
import { spfProblems } from "../../../../mail/dns/spf/problems.ts";
import { passedOverProblem } from "../../../../mail/dns/version.ts";

const SPF = "v=spf1 include:a.example -all";
const DMARC = "v=DMARC1; p=reject; rua=mailto:a@b.example,mailto:c@d.example";

/** The text, what is wrong with it, and the record that the fix shows. */
const spf: [text: string, rule: string, fixed: string][] = [
  [`"${SPF}"`, "has quotation marks in its text", SPF],
  [`\u201c${SPF}\u201d`, "has quotation marks in its text", SPF],
  [`\\"${SPF}\\"`, "has quotation marks in its text", SPF],
  [`'${SPF}'`, "has quotation marks in its text", SPF],
  ['"v=spf1 include:a.example" "-all"', "has quotation marks in its text", SPF],
  [` ${SPF}`, "has white space around it", SPF],
  [`\t${SPF}`, "has white space around it", SPF],
  [`\r\n${SPF}`, "has white space around it", SPF],
  [` "${SPF}"`, "has white space around it and has quotation marks in its text", SPF],
  [`\u00a0${SPF}`, "(U+00A0, no-break space)", SPF],
  ["v=spf1\u00a0include:a.example -all", "(U+00A0, no-break space)", SPF],
  ["v=spf1\tinclude:a.example -all", "(U+0009, tab)", SPF],
  [`\ufeff${SPF}`, "(U+FEFF, byte order mark)", SPF],
  [`\u200b${SPF}`, "(U+200B, zero width space)", SPF],
  ["v\u200d=spf1 include:a.example -all", "(U+200D, zero width joiner)", SPF],
  ["\uff56=spf1 include:a.example -all", "(U+FF56)", SPF],
  ["v=\u0455pf1 include:a.example -all", "(U+0455)", SPF],
  ["spf1 include:a.example -all", 'has "spf1" instead of "v=spf1"', SPF],
  ["v=spf 1 include:a.example -all", 'has "v=spf 1" instead of "v=spf1"', SPF],
  ["v = spf1 include:a.example -all", 'has "v = spf1" instead of "v=spf1"', SPF],
  ["v=sfp1 include:a.example -all", 'has "v=sfp1" instead of "v=spf1"', SPF],
  ["v=spfl include:a.example -all", 'has "v=spfl" instead of "v=spf1"', SPF],
  ["v=spf2 include:a.example -all", 'has "v=spf2" instead of "v=spf1"', SPF],
  ["v:spf1 include:a.example -all", 'has "v:spf1" instead of "v=spf1"', SPF],
  ["v=spf include:a.example -all", 'instead of "v=spf1"', SPF],
  ["v=spf1;include:a.example;-all", 'has ";" instead of a space after the version', SPF],
  ["v=spf1, include:a.example, -all", 'has "," instead of a space after the version', SPF],
  ["v=spf1include:a.example -all", "has no space after the version", SPF],
  ["v=spf1-all", 'has "-" instead of a space after the version', "v=spf1 -all"],
  ["include:a.example -all", 'does not begin with "v=spf1"', SPF],
  ["-all", 'does not begin with "v=spf1"', "v=spf1 -all"],
  [`@ IN TXT "${SPF}"`, 'has "@ IN TXT " before the version', SPF],
  [`SPF: ${SPF}`, 'has "SPF: " before the version', SPF],
];

const dmarc: [text: string, rule: string, fixed: string][] = [
  [`"${DMARC}"`, "has quotation marks in its text", DMARC],
  [` ${DMARC}`, "has white space around it", DMARC],
  [`\u00a0${DMARC}`, "(U+00A0, no-break space)", DMARC],
  [`\ufeff${DMARC}`, "(U+FEFF, byte order mark)", DMARC],
  [DMARC.replace("DMARC1", "DMARC1\u200b"), "(U+200B, zero width space)", DMARC],
  [DMARC.replace("DMARC1", "dmarc1"), 'has "v=dmarc1", in other letter case', DMARC],
  [DMARC.replace("DMARC1", "Dmarc1"), 'has "v=Dmarc1", in other letter case', DMARC],
  [DMARC.replaceAll(";", ","), 'has "," instead of ";" after the version', DMARC],
  [DMARC.replaceAll(";", ""), 'has no ";" after the version', DMARC],
  [DMARC.replace("; ", ""), 'has no ";" after the version', DMARC],
  [DMARC.replace(";", ":"), 'has ":" instead of ";" after the version', DMARC],
  [DMARC.replaceAll(";", "\\;"), "has backslashes in its text", DMARC],
  [DMARC.replace("DMARC1", "DMARC 1"), 'has "v=DMARC 1" instead of "v=DMARC1"', DMARC],
  [DMARC.replace("v=", ""), 'has "DMARC1" instead of "v=DMARC1"', DMARC],
  [DMARC.replace("DMARC1", "DMARC2"), 'has "v=DMARC2" instead of "v=DMARC1"', DMARC],
  [DMARC.replace("DMARC1", "DMARCl"), 'has "v=DMARCl" instead of "v=DMARC1"', DMARC],
  [DMARC.replace("v=DMARC1; ", ""), 'does not begin with "v=DMARC1"', DMARC],
  ["p=none; v=DMARC1", 'does not begin with "v=DMARC1"', "v=DMARC1; p=none"],
  [`_dmarc ${DMARC}`, 'has "_dmarc " before the version', DMARC],
  [`_dmarc.contoso.com. ${DMARC}`, 'has "_dmarc.contoso.com. " before the version', DMARC],
  [`_dmarc IN TXT "${DMARC}"`, 'has "_dmarc IN TXT " before the version', DMARC],
];

describe("a TXT record that receivers pass over", () => {
  for (const [all, problemsOf, name] of [
    [spf, spfProblems, "SPF"],
    [dmarc, dmarcProblems, "DMARC"],
  ] as const) {
    for (const [text, rule, fixed] of all) {
      it(`is no ${name} record: ${JSON.stringify(text)}`, () => {
        const [problem, ...more] = problemsOf(name, [text, "hello"]);
        assert.deepEqual([problem?.key, problem?.value, more], [name, text, []]);
        assert.ok(problem?.rule.includes(rule), problem?.rule);
        assert.ok(problem?.rule.endsWith(`, so receivers see no ${name} record`));
        assert.equal(problem?.fix, `change it to "${fixed}"`);
        assert.deepEqual(problemsOf(name, [fixed]), []);
      });
    }
  }

  it("says how to begin where the rest is not clear", () => {
    const [first] = spfProblems("SPF", ["v=spf10 mx -all"]);
    assert.equal(first?.fix, 'begin the record with "v=spf1" and a space, or remove it');
    const [second] = dmarcProblems("DMARC", ["v=DMARC"]);
    assert.equal(second?.fix, 'begin the record with "v=DMARC1;", or remove it');
  });
});

describe("a TXT record of another kind", () => {
  const others = [
    "",
    "hello",
    "all good",
    "mx",
    "a",
    "MS=ms12345678",
    "v=verifydomain MS=1234567",
    "v=msv1 t=6097A7EA",
    "google-site-verification=rXOxyZounnZasA8Z7oaD3c14JdjS9aKSWvsR1EbUSIQ",
    "apple-domain-verification=abc",
    "spf2.0/pra include:a.example -all",
    "spf-verification=abc",
    "redirect=https://contoso.com/",
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GN",
    "v=STSv1; id=20261123",
    "v=TLSRPTv1; rua=mailto:a@b.example",
    "v=BIMI1; l=https://contoso.com/logo.svg",
    "v=UCV1; abc",
  ];
  for (const text of others) {
    it(`is not taken for SPF or DMARC: ${JSON.stringify(text)}`, () => {
      assert.equal(passedOverProblem("", text, SPF_VERSION), undefined);
      if (!text.includes("rua=")) {
        assert.equal(passedOverProblem("", text, DMARC_VERSION), undefined);
      }
    });
  }
  it("is what receivers take, in every form that they take", () => {
    for (const text of ["v=spf1", "V=SPF1 -all", "v=spf1  mx  "]) {
      assert.equal(passedOverProblem("", text, SPF_VERSION), undefined);
    }
    for (const text of ["v=DMARC1", "V = DMARC1 ; p=none", "v=DMARC1;p=none"]) {
      assert.equal(passedOverProblem("", text, DMARC_VERSION), undefined);
    }
  });
});
