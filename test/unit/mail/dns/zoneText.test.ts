import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DnsRecord } from "../../../../mail/dns/record.ts";
import { zoneText } from "../../../../mail/dns/zoneText.ts";

describe("zoneText", () => {
  const lines: [record: DnsRecord, line: string][] = [
    [
      { name: "contoso.com", type: "TXT", content: "v=spf1 -all" },
      'contoso.com. 300 IN TXT "v=spf1 -all"',
    ],
    [
      { name: "contoso.com", type: "TXT", content: '"a\\"b"  "c"' },
      'contoso.com. 300 IN TXT "a\\"bc"',
    ],
    [
      { name: "_dmarc.Contoso.com.", type: "TXT", content: "v=DMARC1; p=none", ttl: 60 },
      '_dmarc.contoso.com. 60 IN TXT "v=DMARC1; p=none"',
    ],
    [
      { name: "x.contoso.com", type: "TXT", content: "y".repeat(300), ttl: 2 },
      `x.contoso.com. 2 IN TXT "${"y".repeat(255)}" "${"y".repeat(45)}"`,
    ],
    [
      { name: "selector1._domainkey.contoso.com", type: "CNAME", content: "Selector1.Example.com" },
      "selector1._domainkey.contoso.com. 300 IN CNAME selector1.example.com.",
    ],
    [
      { name: "contoso.com", type: "MX", content: "mx.contoso.com.", priority: 10, ttl: 3600 },
      "contoso.com. 3600 IN MX 10 mx.contoso.com.",
    ],
    [
      { name: "contoso.com", type: "MX", content: "mx.contoso.com" },
      "contoso.com. 300 IN MX 0 mx.contoso.com.",
    ],
    [
      { name: "contoso.com", type: "NS", content: "ns.example.com" },
      "contoso.com. 300 IN NS ns.example.com.",
    ],
    [
      { name: "7.contoso.com", type: "PTR", content: "a.example.com" },
      "7.contoso.com. 300 IN PTR a.example.com.",
    ],
    [
      { name: "*.contoso.com", type: "A", content: "198.51.100.7", priority: 5 },
      "*.contoso.com. 300 IN A 198.51.100.7",
    ],
    [
      { name: "a;b \u00fc.contoso.com", type: "A", content: "1.2.3.4\r\n$INCLUDE x" },
      "a\\059b\\032\\195\\188.contoso.com. 300 IN A 1.2.3.4 $INCLUDE x",
    ],
    [
      { name: "contoso.com._report._dmarc.fabrikam.com", type: "TXT", content: "v=DMARC1" },
      '; in another zone: contoso.com._report._dmarc.fabrikam.com. 300 IN TXT "v=DMARC1"',
    ],
    [
      { name: "notcontoso.com", type: "TXT", content: "x\ny" },
      '; in another zone: notcontoso.com. 300 IN TXT "x\\010y"',
    ],
  ];
  for (const [record, line] of lines) {
    it(`writes ${record.type} ${record.name}`, () =>
      assert.equal(zoneText("contoso.com", [record]), `${line}\n`));
  }
  it("writes records in their order, and nothing for none", () => {
    assert.equal(
      zoneText(
        "contoso.com.",
        lines.map(([record]) => record),
      ).split("\n").length,
      lines.length + 1,
    );
    assert.equal(zoneText("contoso.com", []), "");
    assert.equal(
      zoneText(
        "contoso.com",
        lines.map(([record]) => record),
      ),
      lines.map(([, line]) => `${line}\n`).join(""),
    );
  });
});
