import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupOutputs, outputsOf } from "../../config/outputs.ts";

describe("stack outputs", () => {
  const groups = {
    senders: { shop: { port: 587 }, "erp-2": { port: 25 } },
    dns: { "shop.contoso.com": { mxHost: "mx" } },
    secrets: {},
  };
  const outputs = {
    "senders.shop": { port: 587 },
    "senders.erp-2": { port: 25 },
    "dns.shop.contoso.com": { mxHost: "mx" },
  };

  it("are one for each member of a group, whose name may hold dots", () => {
    assert.deepEqual(outputsOf<object>(groups), outputs);
  });

  it("are grouped again; a group without members is missing, and what is in none stays", () => {
    const { senders, dns } = groups;
    assert.deepEqual(groupOutputs<unknown>({ ...outputs, pending: [] }), {
      senders,
      dns,
      pending: [],
    });
  });
});
