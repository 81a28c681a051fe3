// Which domains go on under the DMARC record of another one of the stack, and what it says of the others.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  coveredByParent,
  type SendingDomain,
  withPoliciesAbove,
} from "../../../../mail/dns/sendingDomain.ts";

const domain = (name: string, dmarc: Partial<SendingDomain["dmarc"]> = {}): SendingDomain => ({
  name,
  dns: { host: "cloudflare" },
  dkim: { records: "publish" },
  dmarc: { rua: [], adopt: false, ...dmarc },
  unmanaged: [],
  retire: false,
});

describe("coveredByParent", () => {
  const parent = domain("contoso.com", { policy: "reject" });

  for (const [title, child, expected] of [
    ["a subdomain without settings", domain("news.contoso.com"), true],
    ["one further down", domain("a.news.contoso.com", { adopt: true }), true],
    ["a subdomain with a policy", domain("news.contoso.com", { policy: "none" }), false],
    ["one with a subdomain policy", domain("n.contoso.com", { subdomainPolicy: "none" }), false],
    ["one with reports", domain("n.contoso.com", { rua: ["mailto:a@contoso.com"] }), false],
    ["a neighbour", domain("notcontoso.com"), false],
  ] as const) {
    it(`says ${expected} of ${title}`, () =>
      assert.equal(coveredByParent(child, [parent, child]), expected));
  }

  it("says false of the domain itself, however often it is compared", () =>
    assert.equal(coveredByParent(domain("contoso.com"), [domain("contoso.com")]), false));
});

describe("withPoliciesAbove", () => {
  const aboveOf = (...domains: SendingDomain[]) =>
    withPoliciesAbove(domains).map(({ dmarc }) => dmarc.above);

  it("gives a domain the policy that the uppermost one has for it", () => {
    const [parent, middle, child] = [
      domain("contoso.com", { policy: "reject" }),
      domain("b.contoso.com", { policy: "none" }),
      domain("a.b.contoso.com"),
    ];
    const above = { domain: "contoso.com", policy: "reject" };
    assert.deepEqual(aboveOf(child, middle, parent), [above, undefined, undefined]);
    const spared = {
      ...parent,
      dmarc: { ...parent.dmarc, subdomainPolicy: "quarantine" },
    } as const;
    assert.deepEqual(aboveOf(child, spared)[0], { ...above, policy: "quarantine" });
  });

  it("says whether the record above may keep its own policy of subdomains", () => {
    const parent = domain("contoso.com", { policy: "reject", adopt: true });
    const said = domain("contoso.com", { ...parent.dmarc, subdomainPolicy: "none" });
    const child = domain("a.contoso.com");
    const above = { domain: "contoso.com", policy: "reject", keepsSubdomainPolicy: true };
    assert.deepEqual(aboveOf(parent, child)[1], above);
    assert.deepEqual(aboveOf(said, child)[1], { domain: "contoso.com", policy: "none" });
  });

  it("says nothing where the one above has no policy, or there is none", () => {
    const neighbour = domain("notcontoso.com", { policy: "reject" });
    assert.deepEqual(aboveOf(domain("a.contoso.com"), domain("contoso.com"), neighbour), [
      undefined,
      undefined,
      undefined,
    ]);
  });
});
