import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StackPreview } from "../../../../mail/review/preview.ts";
import { reviewStack } from "../../../../mail/review/review.ts";
import type { Sender } from "../../../../mail/senders/sender.ts";
import { DEFAULTS } from "../senders/defaults.ts";
import { config, preview, relaying, resource, senders, submitting } from "./previews.ts";

const reviewOf = (given: Partial<StackPreview>) =>
  reviewStack(preview(given), new Date("2026-11-28T12:00:00Z"));
const risksOf = (given: Partial<StackPreview>) =>
  reviewOf(given).risks.map(({ level, who, text }) => [level, who, text]);

const unprotected = (kind: string, name: string) =>
  resource(kind, name, { before: {}, after: {}, isProtected: [true, false] });
const shop = senders({ shop: submitting() });
const retired: Sender = {
  ...{ ...DEFAULTS, name: "shop", from: ["shop@contoso.com"], authentication: ["oauth"] },
  ...{ egress: [], retire: true },
};
const app = unprotected("Application", "relay-shop-app");
const spf = unprotected("SpfRecord", "relay-contoso.com-spf");

describe("what a reviewer has to weigh", () => {
  it("is nothing where the protection is as before", () => {
    const resources = [resource("SharedMailbox", "relay-shop-mailbox", { before: {}, after: {} })];
    const { risk, headline } = reviewOf({ ...shop, resources, config: config() });
    assert.deepEqual([risk, headline], ["none", "no change"]);
  });

  it("is dangerous where a whole stack becomes disposable, though nothing else changes", () => {
    const { risk, risks, headline } = reviewOf({
      ...shop,
      resources: [app, spf],
      config: config({ disposable: true }),
    });
    assert.deepEqual(
      [risk, headline, risks.map(({ who }) => who)],
      ["dangerous", "no change; nothing is protected any more", ["shop", "contoso.com"]],
    );
  });

  it("is a sender that is marked with retire", () => {
    const marked = config({ senders: [retired] });
    const { risk, headline } = reviewOf({ ...shop, resources: [app], config: marked });
    assert.deepEqual([risk, headline], ["look", "no change; shop is marked to be removed"]);
  });

  it("is no secret that a newer one replaces, which is not protected any more", () => {
    const resources = [
      unprotected("ApplicationPassword", "relay-shop-secret-1"),
      resource("SharedMailbox", "relay-shop-mailbox", {
        before: {},
        after: {},
        isProtected: [true, true],
      }),
    ];
    const marked = config({ senders: [retired], disposable: true });
    assert.deepEqual(risksOf({ ...shop, resources, config: marked }), []);
  });

  for (const { title, before, after, says } of [
    {
      title: "an address that SPF lets in",
      before: "v=spf1 include:spf.protection.outlook.com ~all",
      after: "v=spf1 include:spf.protection.outlook.com ip4:198.51.100.7 ~all",
      says: [
        [
          "look",
          "contoso.com",
          "mail from 198.51.100.7 passes SPF from now on, also where it does not go through Exchange",
        ],
      ],
    },
    {
      title: "no address that SPF lets in no more",
      before: "v=spf1 ip4:198.51.100.7 ~all",
      after: "v=spf1 ~all",
      says: [],
    },
  ]) {
    it(`is ${title}`, () => {
      const inputs = { domain: "contoso.com", lookUps: ["0 of 10 look-ups"] };
      const record = resource("SpfRecord", "relay-contoso.com-spf", {
        before: { ...inputs, after: before },
        after: { ...inputs, before, after },
        outputs: { after: before },
      });
      assert.deepEqual(risksOf({ ...shop, resources: [record] }), says);
    });
  }

  it("is a sender that begins to sign in with a password, and no other", () => {
    const password = submitting({ credential: { by: "password" } });
    const texts = (before: object) =>
      risksOf(senders({ ...before }, { printer: password })).map(([, , text]) => text);
    assert.match(texts({}).join(), /basic authentication/);
    const roomier = { printer: { ...password, recipientsPerDay: 1 } };
    assert.doesNotMatch(texts(roomier).join(), /basic authentication/);
  });

  for (const { title, declared, end } of [
    {
      title: "in the worldwide cloud",
      declared: {},
      end: "at the end of December 2026 Microsoft disables basic authentication for client submission by default (administrators of existing tenants can enable it again, new tenants cannot)",
    },
    {
      title: "in another cloud",
      declared: { environment: "china" as const },
      end: "at the end of December 2026 Microsoft disables basic authentication for client submission by default in the worldwide cloud",
    },
    {
      title: "of High Volume Email",
      declared: { method: "highVolumeEmail" as const, external: 0 },
      end: "in September 2028 Microsoft ends basic authentication for High Volume Email",
    },
  ]) {
    it(`is a password ${title}, with its own end`, () => {
      const printer: Sender = {
        ...{ ...DEFAULTS, name: "printer", from: ["shop@contoso.com"] },
        ...{ authentication: ["password"], egress: [], ...declared },
      };
      const after = submitting({
        method: printer.method ?? "smtpAuth",
        credential: { by: "password" },
      });
      const found = risksOf({
        ...senders({}, { printer: after }),
        config: config({ senders: [printer] }),
      });
      assert.deepEqual(
        found.filter(([, , text]) => text?.startsWith("a password")),
        [["look", "printer", `a password (basic authentication): ${end}`]],
      );
    });
  }

  for (const { kind, name, adopt, says } of [
    {
      kind: "InboundConnector",
      name: "relay-erp-connector",
      adopt: true,
      says: /^the existing connector "By hand" is adopted: what it lets in so far/,
    },
    { kind: "InboundConnector", name: "relay-erp-connector", adopt: false, says: undefined },
    {
      kind: "AdoptedMailbox",
      name: "relay-erp-mailbox",
      adopt: true,
      says: /^the existing mailbox erp@contoso\.com is adopted, and SMTP AUTH kept on/,
    },
  ]) {
    it(`is ${says ? "an adopted" : "no new"} ${kind}`, () => {
      const after = { adopt, name: "By hand", address: "erp@contoso.com" };
      const erp = senders({ erp: relaying({ egress: ["198.51.100.7"] }) });
      const found = risksOf({ ...erp, resources: [resource(kind, name, { after })] })
        .map(([, , text]) => text ?? "")
        .filter((text) => /existing/.test(text));
      assert.equal(found.length, says ? 1 : 0);
      if (says) assert.match(found[0] ?? "", says);
    });
  }

  it("is another sign-in certificate", () => {
    const replaced = resource("ApplicationCertificate", "relay-shop-certificate", {
      before: { value: "a" },
      after: { value: "b" },
    });
    const { risks, tell } = reviewOf({
      ...shop,
      resources: [{ ...replaced, operation: "replace" }],
    });
    assert.match(risks.map(({ text }) => text).join(), /whoever has the key of the new sign-in/);
    assert.deepEqual(tell, [
      { who: "shop", text: "sign in with the key of the new certificate from now on" },
    ]);
  });

  it("is a further sign-in certificate, beside which the present one works", () => {
    const kind = "ApplicationCertificate";
    const { risks, tell, stops } = reviewOf({
      ...shop,
      resources: [
        resource(kind, "relay-shop-certificate", { before: {}, after: {} }),
        resource(kind, "relay-shop-certificate-renewed", { after: {} }),
      ],
    });
    assert.match(risks.map(({ text }) => text).join(), /whoever has the key of the new sign-in/);
    assert.deepEqual(tell, [
      {
        who: "shop",
        text: "sign in with the key of the new certificate; the present one works until it is taken out of signInCertificate",
      },
    ]);
    assert.deepEqual(stops, []);
  });
});

describe("a sender that gets another method", () => {
  const egress = ["198.51.100.8"];
  const declared: Sender = {
    ...{ ...DEFAULTS, name: "shop", from: ["shop@contoso.com"] },
    ...{ authentication: ["oauth", "staticIp"], egress, peakPerMinute: 45 },
  };
  const why =
    "uses connector by address from now on, as client submission with OAuth does not fit: it peaks at 45, and the limit is 30 messages a minute";
  const said = (before: object, after: object, sender = declared) =>
    risksOf({
      ...senders({ shop: before as never }, { shop: after as never }),
      config: config({ senders: [sender] }),
    }).filter(([, , text]) => text?.includes("from now on, as"));

  it("gets the number that took the first one from it beside", () => {
    assert.deepEqual(said(submitting(), relaying({ egress })), [["look", "shop", why]]);
  });
  it("gets none where it keeps its method, or has a better one", () => {
    assert.deepEqual(said(relaying({ egress }), relaying({ egress: ["198.51.100.9"] })), []);
    const slower = { ...declared, peakPerMinute: 30 };
    assert.deepEqual(said(relaying({ egress }), submitting(), slower), []);
  });
});
