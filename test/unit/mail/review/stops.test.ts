import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StackPreview } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import { preview, relaying, resource, senders, submitting } from "./previews.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const REFUSED = "is refused with 550 5.7.64";

const erp = (egress: readonly string[], more = {}) => relaying({ egress, ...more });
const byCertificate = (certificateName: string) => relaying({ certificateName });
const reviewOf = (given: Partial<StackPreview>) => reviewStack(preview(given), NOW);
const stopsOf = (given: Partial<StackPreview>) =>
  reviewOf(given).stops.map(({ who, what, howLong }) => [who, what, howLong]);

describe("what stops working", () => {
  for (const { title, before, after, stops } of [
    {
      title: "an address that goes",
      before: { erp: erp(["198.51.100.7", "198.51.100.8"]) },
      after: { erp: erp(["198.51.100.7"]) },
      stops: [["erp", `mail from 198.51.100.8 ${REFUSED}`, "for good"]],
    },
    {
      title: "a range that gets narrower, but for the addresses that stay",
      before: { erp: erp(["198.51.100.0/24"]) },
      after: { erp: erp(["198.51.100.7"]) },
      stops: [["erp", `mail from 198.51.100.0/24, but for 198.51.100.7, ${REFUSED}`, "for good"]],
    },
    {
      title: "nothing of a range that gets wider",
      before: { erp: erp(["198.51.100.7"]) },
      after: { erp: erp(["198.51.100.0/24"]) },
      stops: [],
    },
    {
      title: "nothing of an address that another sender gets",
      before: { erp: erp(["198.51.100.7"]), billing: erp(["198.51.100.8"]) },
      after: { erp: erp(["198.51.100.9"]), billing: erp(["198.51.100.8", "198.51.100.7"]) },
      stops: [],
    },
    {
      title: "what a new fence refuses",
      before: { erp: erp(["198.51.100.7"]) },
      after: { erp: erp(["198.51.100.7"], { fence: ["scan@contoso.com"] }) },
      stops: [
        [
          "erp",
          "mail from its addresses that is not From scan@contoso.com is refused with 550 5.7.950, also that of other hosts behind them, half an hour or longer after the up",
          "for good",
        ],
      ],
    },
    {
      title: "what a narrower fence refuses",
      before: { erp: erp(["198.51.100.7"], { fence: ["*@contoso.com"] }) },
      after: { erp: erp(["198.51.100.7"], { fence: ["scan@contoso.com"] }) },
      stops: [
        [
          "erp",
          "mail from its addresses that is not From scan@contoso.com is refused with 550 5.7.950, also that of other hosts behind them, half an hour or longer after the up",
          "for good",
        ],
      ],
    },
    {
      title: "nothing of a fence that goes, or gets wider",
      before: {
        erp: erp(["198.51.100.7"], { fence: ["scan@contoso.com"] }),
        fax: erp(["198.51.100.8"], { fence: ["fax@contoso.com"] }),
      },
      after: {
        erp: erp(["198.51.100.7"], { fence: ["*@contoso.com"] }),
        fax: erp(["198.51.100.8"]),
      },
      stops: [],
    },
    {
      title: "a certificate of another name",
      before: { erp: byCertificate("relay.contoso.com") },
      after: { erp: byCertificate("billing.contoso.com") },
      stops: [
        [
          "erp",
          `mail with a certificate for relay.contoso.com ${REFUSED}`,
          "until it sends as the output senders.erp says",
        ],
      ],
    },
    {
      title: "nothing of a certificate that the new name covers",
      before: { erp: byCertificate("relay.contoso.com") },
      after: { erp: byCertificate("*.contoso.com") },
      stops: [],
    },
    {
      title: "other domains than those that a connector is limited to",
      before: { erp: erp(["198.51.100.7"]) },
      after: { erp: erp(["198.51.100.7"], { maySendAs: "any address of contoso.com" }) },
      stops: [
        [
          "erp",
          "mail that is not from contoso.com is refused; Microsoft's pages disagree whether mail to other organisations is refused too, so try it in a test tenant",
          "for good",
        ],
      ],
    },
    {
      title: "a federated identity of two",
      before: {
        shop: submitting({
          credential: {
            ...{ by: "federatedIdentity", issuer: "i", subject: "a" },
            others: [{ issuer: "i", subject: "b" }],
          },
        }),
      },
      after: {
        shop: submitting({ credential: { by: "federatedIdentity", issuer: "i", subject: "b" } }),
      },
      stops: [["shop", "sign-in with a token of i for a is refused", "for good"]],
    },
    {
      title: "an address that a mailbox may not send as any more",
      before: { shop: submitting({ sendAs: ["orders@contoso.com"] }) },
      after: { shop: submitting() },
      stops: [["shop", "mail from orders@contoso.com is refused with 554 5.2.252", "for good"]],
    },
    {
      title: "a credential of another kind",
      before: { shop: submitting() },
      after: { shop: submitting({ credential: { by: "certificate" } }) },
      stops: [
        [
          "shop",
          "sign-in with a client secret is refused",
          "until it sends as the output senders.shop says",
        ],
      ],
    },
    {
      title: "a connector for the seconds in which it gets another name",
      before: { erp: erp(["198.51.100.7"]) },
      after: { sap: erp(["198.51.100.7"]) },
      stops: [
        [
          "sap",
          "mail may be refused with 550 5.7.64 while the connector takes the place of that of erp",
          "for some seconds",
        ],
      ],
    },
  ]) {
    it(title, () => assert.deepEqual(stopsOf(senders(before, after)), stops));
  }

  const owner = "relay/prod/shop";
  for (const { kind, says } of [
    {
      kind: "SharedMailbox",
      says: "is deleted with the mail in it, and an administrator can restore it for 30 days",
    },
    { kind: "UserMailbox", says: "is deleted with the mail in it" },
    {
      kind: "AdoptedMailbox",
      says: "stays with the mail in it, with SMTP AUTH as it was before the stack",
    },
  ]) {
    it(`of a sender that goes, whose mailbox is a ${kind}, says what becomes of the mail`, () => {
      const address = "shop@contoso.com";
      const resources = [resource(kind, "relay-shop-mailbox", { before: { owner, address } })];
      assert.deepEqual(stopsOf({ ...senders({ shop: submitting() }, {}), resources }), [
        ["shop", `no sign-in any more; the mailbox ${address} ${says}`, "for good"],
      ]);
    });
  }

  for (const adopt of [true, false]) {
    it(`of a sender that goes, whose connector is ${adopt ? "put back" : "removed"}`, () => {
      const inputs = { owner: "relay/prod/erp", adopt };
      const resources = [resource("InboundConnector", "relay-erp-connector", { before: inputs })];
      const [[, what] = []] = stopsOf({
        ...senders({ erp: erp(["198.51.100.7"]) }, {}),
        resources,
      });
      assert.match(
        what ?? "",
        adopt ? /^the connector is restored as it was/ : /^mail from 198\.51\.100\.7 is refused/,
      );
    });
  }

  it("of what somebody let in by hand", () => {
    const [before, after] = [["198.51.100.7", "198.51.100.200"], ["198.51.100.7"]].map((list) => ({
      senderIPAddresses: list,
    }));
    const resources = [
      resource("InboundConnector", "relay-erp-connector", {
        before: before ?? {},
        after: after ?? {},
      }),
    ];
    assert.deepEqual(stopsOf({ ...senders({ erp: erp(["198.51.100.7"]) }), resources }), [
      ["erp", `mail from 198.51.100.200, which was let in by hand, ${REFUSED}`, "for good"],
    ]);
  });

  it("of the secret before the last one, when a newer one comes", () => {
    const secret = (generation: number, given: Parameters<typeof resource>[2]) =>
      resource("ApplicationPassword", `relay-shop-secret-${generation}`, given);
    const { stops, others, tell } = reviewOf({
      ...senders({ shop: submitting() }),
      resources: [
        secret(1, { before: {} }),
        secret(2, { before: {}, after: {} }),
        secret(3, { after: {} }),
      ],
    });
    assert.deepEqual(stops, [
      {
        who: "shop",
        what: "sign-in with the secret of generation 1 is refused",
        howLong: "until a newer one is in use",
      },
    ]);
    assert.deepEqual(
      others.map(({ short: [one] }) => one),
      ["secret renewed"],
    );
    assert.match(
      tell[0]?.text ?? "",
      /; the present one works until credentialGeneration lists the new one alone/,
    );
  });

  for (const { kind, name, what } of [
    { kind: "Password", name: "relay-shop-password", what: "the present password ends at once" },
    {
      kind: "ApplicationCertificate",
      name: "relay-shop-certificate",
      what: "sign-in with the present certificate is refused",
    },
  ]) {
    it(`of a ${kind} that is replaced, until the new one is in use`, () => {
      const replaced = {
        ...resource(kind, name, { before: {}, after: {} }),
        operation: "replace",
      } as const;
      assert.deepEqual(stopsOf({ ...senders({ shop: submitting() }), resources: [replaced] }), [
        ["shop", what, "until the new one is in use"],
      ]);
    });
  }

  it("of a certificate that is taken out, for those who use no other", () => {
    const kind = "ApplicationCertificate";
    const resources = [
      resource(kind, "relay-shop-certificate", { before: {} }),
      resource(kind, "relay-shop-certificate-renewed", { before: {}, after: {} }),
    ];
    assert.deepEqual(stopsOf({ ...senders({ shop: submitting() }), resources }), [
      [
        "shop",
        "sign-in with the certificate that is taken out is refused",
        "until another one is in use",
      ],
    ]);
  });

  for (const { purpose, isDangerous, says } of [
    { purpose: "dkim", isDangerous: true, says: /receivers can't verify/ },
    { purpose: "mta-sts", isDangerous: undefined, says: /has to come with TLS/ },
    { purpose: "tls-rpt", isDangerous: undefined, says: /nobody reports failures of TLS/ },
    { purpose: "reports", isDangerous: undefined, says: /DMARC reports to another domain/ },
  ]) {
    it(`of a record for ${purpose}: ${isDangerous ? "dangerous" : "to look at"}`, () => {
      const [stop, ...more] = reviewOf({
        ...senders({}),
        resources: [resource("DnsRecord", `relay-contoso.com-${purpose}`, { before: { purpose } })],
      }).stops;
      assert.deepEqual([stop?.who, stop?.isDangerous, more], ["contoso.com", isDangerous, []]);
      assert.match(stop?.what ?? "", says);
    });
  }

  for (const { title, kinds, signed, says } of [
    {
      title: "whose records the stack writes",
      kinds: ["SpfRecord", "DkimSigning"],
      signed: false,
      says: "DNS records are removed, or restored as they were before the stack; Exchange signs the mail with the onmicrosoft.com domain, which is not aligned",
    },
    {
      title: "whose DNS is hosted elsewhere, and that was signed before",
      kinds: ["DkimSigning"],
      signed: true,
      says: "DNS records at the domain's own host stay until somebody removes them; DKIM signing stays on, as before the stack",
    },
  ]) {
    it(`of a domain that goes, ${title}`, () => {
      const outputs = { enabledBefore: signed };
      const resources = kinds.map((kind) =>
        resource(kind, `relay-contoso.com-${kind}`, { before: {}, outputs }),
      );
      const none = { senders: {}, dns: {} };
      const before = { senders: {}, dns: { "contoso.com": { dmarc: { policy: "none" } } } };
      assert.deepEqual(stopsOf({ outputs: { before, after: none }, resources }), [
        ["contoso.com", says, "for good"],
      ]);
    });
  }

  it("is told in the headline apart, for good and for a while", () => {
    const before = { erp: erp(["198.51.100.7"]), shop: submitting() };
    const after = { shop: submitting({ credential: { by: "certificate" } }) };
    assert.equal(
      reviewOf({
        ...senders(before, after),
        resources: [
          resource("Stack", "s", { before: {} }),
          resource("InboundConnector", "relay-erp-connector", { before: {} }),
        ],
      }).headline,
      "1 sender removed, 1 sender recognised by something else; something stops for good for erp, for a while for shop",
    );
  });
});
