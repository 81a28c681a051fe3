import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  formatMtaSts,
  mtaStsPolicy,
  mxIsExchange,
  parseMtaSts,
  parseMtaStsPolicy,
} from "../../../../mail/dns/mtaSts.ts";
import { formatTlsRpt, parseTlsRpt } from "../../../../mail/dns/tlsRpt.ts";

describe("MTA-STS records", () => {
  it("are written with an id", () =>
    assert.equal(formatMtaSts("20261123T120000"), "v=STSv1; id=20261123T120000;"));
  for (const id of ["", "a-b", "a b", "x".repeat(33), "\u00fc"]) {
    it(`are not written with ${JSON.stringify(id)}`, () =>
      assert.throws(() => formatMtaSts(id), {
        message: `MTA-STS id "${id}" is not 1 to 32 letters and digits`,
      }));
  }
  const read: [text: string, id: string | undefined][] = [
    ["v=STSv1; id=20261123T120000;", "20261123T120000"],
    ["v=STSv1;id=1", "1"],
    [`v=STSv1; x=y; id=${"a".repeat(32)}`, "a".repeat(32)],
    [`v=STSv1; id=${"a".repeat(33)}`, undefined],
    ["v=STSv1; id=1; id=2", undefined],
    ["v=STSv1", undefined],
    ["v=STSv1; id=", undefined],
    ["v=STSv1; id=a-b", undefined],
    ["v=stsv1; id=1", undefined],
    ["x=STSv1; id=1", undefined],
    ["id=1; v=STSv1", undefined],
    [";v=STSv1; id=1", undefined],
    ["", undefined],
  ];
  for (const [text, id] of read) {
    it(`are read: ${text.slice(0, 40)}`, () =>
      assert.deepEqual(parseMtaSts(text), id === undefined ? undefined : { id }));
  }
});

describe("MTA-STS policies", () => {
  const policy = {
    mode: "enforce",
    mx: ["contoso-com.mail.protection.outlook.com", "*.contoso.com"],
    maxAge: 604800,
  } as const;
  const text =
    "version: STSv1\r\nmode: enforce\r\nmx: contoso-com.mail.protection.outlook.com\r\nmx: *.contoso.com\r\nmax_age: 604800\r\n";
  it("are written line by line", () => {
    assert.equal(mtaStsPolicy(policy), text);
    assert.equal(
      mtaStsPolicy({ mode: "none", mx: ["A.com."], maxAge: 0 }),
      "version: STSv1\r\nmode: none\r\nmx: a.com\r\nmax_age: 0\r\n",
    );
  });
  it("are read back", () => {
    assert.deepEqual(parseMtaStsPolicy(text), policy);
    assert.deepEqual(
      parseMtaStsPolicy("max_age:31557600\n mx : A.com.\nversion:STSv1\nmode: testing\nmoo\nx: y"),
      { mode: "testing", mx: ["a.com"], maxAge: 31557600 },
    );
    assert.deepEqual(parseMtaStsPolicy("version: STSv1\nmode: none\nmax_age: 1"), {
      mode: "none",
      mx: [],
      maxAge: 1,
    });
  });
  for (const [what, from, to] of [
    ["another version", "STSv1", "STSv2"],
    ["no version", "version", "x"],
    ["an unknown mode", "enforce", "moo"],
    ["no mail server", /mx: [^\r]*\r\n/g, ""],
    ["no age", "max_age", "x"],
    ["an age that is no number", "604800", "60x"],
    ["an age with a sign", "604800", "+1"],
    ["an age beyond the longest", "604800", "31557601"],
    ["an age of eleven digits", "604800", "00000000001"],
  ] as const) {
    it(`are refused with ${what}`, () => {
      const changed = text.replace(from, to);
      assert.notEqual(changed, text);
      assert.equal(parseMtaStsPolicy(changed), undefined);
    });
  }
});

describe("mxIsExchange", () => {
  const host = "contoso-com.mail.protection.outlook.com";
  const fix = `let the MX record name ${host} alone, or do without MTA-STS and TLS reports`;
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
        rule: "is not the tenant's server of Exchange Online",
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
  const read: [text: string, rua: string[] | undefined][] = [
    ["v=TLSRPTv1; rua=mailto:a@b.com", ["mailto:a@b.com"]],
    ["v=TLSRPTv1;x=y;rua=mailto:a@b.com , https://b.com/x;", ["mailto:a@b.com", "https://b.com/x"]],
    ["v=TLSRPTv1; rua=mailto:a@b.com,", undefined],
    ["v=TLSRPTv1; rua=a@b.com", undefined],
    ["v=TLSRPTv1; rua=", undefined],
    ["v=TLSRPTv1", undefined],
    ["v=tlsrptv1; rua=mailto:a@b.com", undefined],
    [" v=TLSRPTv1; rua=mailto:a@b.com", undefined],
    ["rua=mailto:a@b.com; v=TLSRPTv1", undefined],
    ["", undefined],
  ];
  for (const [text, rua] of read) {
    it(`are read: ${text}`, () =>
      assert.deepEqual(parseTlsRpt(text), rua === undefined ? undefined : { rua }));
  }
});
