import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ownersIn } from "../../../../mail/review/names.ts";
import { resource } from "./previews.ts";

describe("whose a resource is", () => {
  const belongs = ownersIn(
    ["contoso", "contoso-shop", "survey"],
    ["contoso.com", "contoso-shop.example", "shop.contoso.com"],
  );
  const ownerOf = (kind: string, name: string, inputs = {}) =>
    belongs(resource(kind, name, { after: inputs }));

  it("is told by its logical name, whatever names begin alike", () => {
    for (const [kind, name, owner] of [
      ["SpfRecord", "relay-contoso.com-spf", { domain: "contoso.com" }],
      ["SpfRecord", "relay-contoso-shop.example-spf", { domain: "contoso-shop.example" }],
      ["AcceptedDomain", "relay-shop.contoso.com", { domain: "shop.contoso.com" }],
      ["InboundConnector", "relay-contoso-connector", { sender: "contoso" }],
      ["Application", "relay-contoso-shop-app", { sender: "contoso-shop" }],
      ["Survey", "relay-survey", undefined],
    ] as const) {
      assert.deepEqual(ownerOf(kind, name), owner, name);
    }
  });

  it("is told by its mark in Exchange, where its name is that of an address", () => {
    const owner = "m365-smtp-relay/prod/contoso";
    assert.deepEqual(ownerOf("AdoptedMailbox", "relay-anna@contoso.com-mailbox", { owner }), {
      sender: "contoso",
    });
  });
});
