import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatMtaSts,
  formatTlsRpt,
  mtaStsIdProblem,
  mxIsExchange,
  nullMxWarning,
  takesReplies,
} from "../../../../mail/dns/receiving.ts";
import { sentence } from "../../../../mail/problem.ts";

describe("MTA-STS records", () => {
  it("are written with an id", () =>
    assert.equal(formatMtaSts("20261123T120000"), "v=STSv1; id=20261123T120000;"));
  for (const id of ["", "a-b", "a b", "x".repeat(33), "\u00fc"]) {
    it(`take no id such as ${JSON.stringify(id)}`, () =>
      assert.deepEqual(mtaStsIdProblem("mtaSts.id", id), {
        key: "mtaSts.id",
        value: id,
        rule: "is not a valid id of an MTA-STS policy",
        fix: 'use 1 to 32 letters and digits, e.g. "20261123"',
      }));
  }
  for (const id of ["1", "20261123T120000", "x".repeat(32)]) {
    it(`take the id ${id}`, () => assert.equal(mtaStsIdProblem("mtaSts.id", id), undefined));
  }
});

describe("takesReplies", () => {
  for (const type of ["MX", "A", "AAAA", "CNAME"]) {
    it(`is true of a domain with ${type}`, () =>
      assert.equal(takesReplies([{ type: "TXT" }, { type }]), true));
  }
  for (const types of [[], ["TXT", "NS", "PTR"]]) {
    it(`is false of a domain with ${types.join(", ") || "nothing"}`, () =>
      assert.equal(takesReplies(types.map((type) => ({ type }))), false));
  }
});

describe("nullMxWarning", () => {
  for (const hosts of [[""], ["."], ["mail.contoso.com", "."]]) {
    it(`warns of ${JSON.stringify(hosts)}, whose mail receivers refuse`, () =>
      assert.match(
        sentence(nullMxWarning("contoso.com", hosts) ?? assert.fail()),
        /^MX of contoso\.com: "\." says that the domain takes no mail, so receivers refuse mail from it/,
      ));
  }
  for (const hosts of [[], ["mail.contoso.com."]]) {
    it(`is silent about ${JSON.stringify(hosts)}`, () =>
      assert.equal(nullMxWarning("contoso.com", hosts), undefined));
  }
});

describe("mxIsExchange", () => {
  const host = "contoso-com.mail.protection.outlook.com";
  const fix = `point the MX record to ${host} alone, or remove mtaSts and tlsRpt from the domain`;
  for (const [mx, tenants] of [
    [host, host],
    [`${host.toUpperCase()}.`, host],
    [host, "contoso-com.n-v1.mx.microsoft"],
    ["contoso-com.n-v1.mx.microsoft", host],
    ["contoso-com.mail.protection.office365.us", "contoso-com.mail.protection.office365.us"],
    ["contoso-com.mail.protection.office365.us", "contoso-com.x"],
    ["contoso-com.mail.protection.partner.outlook.cn", "contoso-com.x"],
    ["mx.own.example", "mx.own.example."],
  ] as const) {
    it(`takes ${mx} where the tenant has ${tenants}`, () =>
      assert.equal(mxIsExchange([mx], tenants), undefined));
  }
  for (const mx of [
    "fabrikam-com.mail.protection.outlook.com",
    "contoso-com.example.com",
    "contoso-com",
    "contoso-com.mail.protection.outlook.com.example.com",
    "contoso-com.x-mail.protection.outlook.comx",
    "aspmx.l.google.com",
  ]) {
    it(`refuses ${mx}, also as the second`, () =>
      assert.deepEqual(mxIsExchange([host, mx], `${host}.`, "MX of contoso.com"), {
        key: "MX of contoso.com",
        value: mx,
        rule: "is not the tenant's Exchange Online host",
        fix,
      }));
  }
  it("refuses a domain that receives no mail", () =>
    assert.deepEqual(mxIsExchange([], host), {
      key: "MX",
      value: undefined,
      rule: "has no record",
      fix,
    }));
});

describe("TLS-RPT records", () => {
  it("are written with mailto:, or https:", () =>
    assert.equal(
      formatTlsRpt(["tls@contoso.com", "https://contoso.com/tls"]),
      "v=TLSRPTv1; rua=mailto:tls@contoso.com,https://contoso.com/tls",
    ));
});
