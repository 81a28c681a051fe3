import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatMtaSts, formatTlsRpt } from "../../../../mail/dns/receiving.ts";
import { type TlsPurpose, tlsRecordProblems } from "../../../../mail/dns/tlsRecords.ts";

const STS = "v=STSv1; id=20261123";
const RPT = "v=TLSRPTv1; rua=mailto:tls@contoso.com";

describe("MTA-STS and TLSRPT records", () => {
  const fine: [TlsPurpose, string][] = [
    ["mta-sts", STS],
    ["mta-sts", formatMtaSts("20261123")],
    ["mta-sts", "v=STSv1 ;id=a; ext=1;"],
    ["tls-rpt", RPT],
    ["tls-rpt", formatTlsRpt(["tls@contoso.com", "https://contoso.com/tls"])],
    ["tls-rpt", "v=TLSRPTv1;rua=https://contoso.com/tls , mailto:tls@contoso.com;"],
  ];
  for (const [purpose, text] of fine) {
    it(`have nothing wrong with them: ${text}`, () =>
      assert.deepEqual(tlsRecordProblems(purpose, "key", ["hello", "v=spf1 -all", text]), []));
  }

  const wrong: [TlsPurpose, text: string, rule: string, fix: string][] = [
    ["mta-sts", `"${STS}"`, "has quotation marks in its text", `change it to "${STS}"`],
    ["mta-sts", ` ${STS}`, "has white space around it", `change it to "${STS}"`],
    ["mta-sts", STS.toLowerCase(), 'has "v=stsv1", in other letter case', `change it to "${STS}"`],
    [
      "mta-sts",
      STS.replace("v", "V"),
      'has "V=STSv1", in other letter case',
      `change it to "${STS}"`,
    ],
    ["mta-sts", STS.replace(";", ","), 'has "," instead of ";"', `change it to "${STS}"`],
    ["mta-sts", "id=20261123", 'does not begin with "v=STSv1"', `change it to "${STS}"`],
    ["mta-sts", "v=STSv1;", "has no id, so senders", 'e.g. "v=STSv1; id=20261123;"'],
    ["mta-sts", "v=STSv1; ID=1", "has no id, so senders", 'e.g. "v=STSv1; id=20261123;"'],
    ["mta-sts", "v=STSv1; id=2026-11-23", 'has the id "2026-11-23", which is not valid', "letters"],
    ["tls-rpt", `"${RPT}"`, "has quotation marks in its text", `change it to "${RPT}"`],
    ["tls-rpt", `\u200b${RPT}`, "(U+200B, zero width space)", `change it to "${RPT}"`],
    ["tls-rpt", RPT.replace("RPTv1", "RPTV1"), "in other letter case", `change it to "${RPT}"`],
    ["tls-rpt", RPT.replace("RPTv1", "RPT1"), 'has "v=TLSRPT1" instead', `change it to "${RPT}"`],
    ["tls-rpt", RPT.replace(";", ""), 'has no ";" after the version', `change it to "${RPT}"`],
    ["tls-rpt", "v=TLSRPTv1", "has no rua, so senders report nowhere", "rua=mailto:"],
    [
      "tls-rpt",
      "v=TLSRPTv1; rua=a@b.com",
      'has "a@b.com" in rua',
      'write e.g. "rua=mailto:a@b.com"',
    ],
    ["tls-rpt", "v=TLSRPTv1; rua=http://b.com", 'has "http://b.com" in rua', "rua=mailto:tls@"],
  ];
  for (const [purpose, text, rule, fix] of wrong) {
    it(`are refused: ${JSON.stringify(text)}`, () => {
      const [problem, ...more] = tlsRecordProblems(purpose, "key", [text, "hello"]);
      assert.deepEqual([problem?.key, problem?.value, more], ["key", text, []]);
      assert.ok(problem?.rule.includes(rule), problem?.rule);
      assert.ok(problem?.fix.includes(fix), problem?.fix);
    });
  }
  it("are refused where there are two", () =>
    assert.deepEqual(
      tlsRecordProblems("tls-rpt", "key", [RPT, RPT]).map(({ fix }) => fix),
      ["remove all but one"],
    ));
});
