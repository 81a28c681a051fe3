import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { attributionOf } from "../../../../mail/message/attribution.ts";
import { fieldOf, fieldsOf } from "../../../../mail/message/fields.ts";
import { hopsOf } from "../../../../mail/message/received.ts";

const message = [
  "Received: from two.example by three.example; Mon, 23 Nov 2026 10:00:02 +0000",
  "Received: from one.example (198.51.100.7)",
  "\tby two.example with SMTP; Mon, 23 Nov 2026 10:00:01 +0000",
  "X-MS-Exchange-CrossTenant-Id: 11111111-1111-1111-1111-111111111111",
  "X-MS-Exchange-CrossTenant-FromEntityHeader: HybridOnPrem",
  "X-MS-Exchange-CrossTenant-OriginalAttributedTenantConnectingIp: TenantId=1;Ip=[198.51.100.7];Helo=[one]",
  "Subject: hello",
  "",
  "Received: from body by body",
].join("\r\n");

describe("reading headers", () => {
  const fields = fieldsOf(message);
  it("unfolds, and stops at the body", () => {
    assert.equal(fields.length, 6);
    assert.equal(
      fields[1]?.value,
      "from one.example (198.51.100.7)\tby two.example with SMTP; Mon, 23 Nov 2026 10:00:01 +0000",
    );
    assert.equal(fieldOf(fields, "SUBJECT"), "hello");
    assert.equal(fieldOf(fields, "To"), undefined);
  });
  it("tells the hops in the order the message went", () =>
    assert.deepEqual(
      hopsOf(fields).map(({ from, by }) => ({ from, by })),
      [
        { from: "one.example", by: "two.example" },
        { from: "two.example", by: "three.example" },
      ],
    ));
  it("takes no host from comments, quotes, or behind the semicolon", () => {
    for (const [received, from, by] of [
      [
        "from a.example (from evil.example by evil.example) by b.example; date",
        "a.example",
        "b.example",
      ],
      [
        "(from evil.example) from a.example (x (by y) \\) z) by b.example",
        "a.example",
        "b.example",
      ],
      ['from "a by evil.example" by b.example', "a by evil.example", "b.example"],
      ["by b.example with SMTP; from evil.example", "", "b.example"],
      ["from by by b.example", "by", "b.example"],
      ["FROM a.example\tBY b.example from evil.example by evil.example", "a.example", "b.example"],
      ["from a.example (by evil.example", "a.example", ""],
      ["", "", ""],
    ] as const) {
      const [hop] = hopsOf([{ name: "Received", value: received }]);
      assert.deepEqual([hop?.from, hop?.by], [from, by]);
    }
  });
  it("tells the attribution", () =>
    assert.deepEqual(attributionOf(fields), {
      tenantId: "11111111-1111-1111-1111-111111111111",
      origin: "HybridOnPrem",
      connectingIp: "198.51.100.7",
      authAs: undefined,
      authSource: undefined,
      direction: undefined,
    }));
  it("tells the absence of one", () =>
    assert.deepEqual(attributionOf([]), {
      tenantId: undefined,
      origin: undefined,
      connectingIp: undefined,
      authAs: undefined,
      authSource: undefined,
      direction: undefined,
    }));
});
