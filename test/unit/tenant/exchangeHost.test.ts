import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ENVIRONMENTS, type Environment } from "../../../mail/clouds.ts";
import { findCloud } from "../../../tenant/clouds.ts";
import { describeStranger, isExchange } from "../../../tenant/exchangeHost.ts";

const HOSTS: Readonly<Record<Environment, readonly string[]>> = {
  global: ["outlook.office365.com", "nam12.outlook.office365.com", "a.b.outlook.office365.com"],
  usgovernmentl4: ["outlook.office365.us", "x.outlook.office365.us"],
  usgovernmentl5: ["outlook-dod.office365.us", "x.outlook-dod.office365.us"],
  china: ["partner.outlook.cn", "x.partner.outlook.cn", "outlook.office365.cn"],
};
const PATH = "/adminapi/beta/aaaaaaaa-1111-4111-8111-111111111111/InvokeCommand";

describe("a host of Exchange", () => {
  for (const environment of ENVIRONMENTS) {
    it(`in ${environment}: its own and those beneath, of no other cloud`, async () => {
      const cloud = await findCloud(environment, {});
      for (const [owner, hosts] of Object.entries(HOSTS)) {
        for (const host of hosts) {
          assert.equal(isExchange(`https://${host}${PATH}`, cloud), owner === environment, host);
        }
      }
    });
  }

  const strange = [
    ["plain HTTP", "http://outlook.office365.com/"],
    ["another port", "https://outlook.office365.com:8443/"],
    ["a user name", "https://outlook.office365.com@evil.example/"],
    ["a user name before the right host", "https://x:y@outlook.office365.com/"],
    ["a name that ends alike", "https://evil-outlook.office365.com/"],
    ["a name that begins alike", "https://outlook.office365.com.evil.example/"],
    ["a name above", "https://office365.com/"],
    ["a sibling", "https://login.office365.com/"],
    ["an address", "https://40.97.1.1/"],
    ["a path alone", PATH],
    ["no URL", "no address at all"],
    ["nothing", ""],
  ] as const;
  for (const [what, url] of strange) {
    it(`is none: ${what}`, async () => {
      assert.equal(isExchange(url, await findCloud("global", {})), false);
    });
  }

  it("in a cloud of its own may have any port, and is nobody else's", () => {
    const own = { exchangeHosts: ["localhost"], ownAuthority: true };
    assert.equal(isExchange("https://localhost:8444/x", own), true);
    assert.equal(isExchange("https://eu.localhost:8444/x", own), true);
    assert.equal(isExchange("http://localhost:8444/x", own), false);
    assert.equal(isExchange("https://127.0.0.1:8444/x", own), false);
    assert.equal(isExchange("https://outlook.office365.com/x", own), false);
  });

  it("one that is refused is named, with what to do", async () => {
    const global = await findCloud("global", {});
    assert.equal(
      describeStranger("https://evil.example/x?token=1", global),
      "https://evil.example, which is not https at outlook.office365.com or beneath; nothing was sent there; check azuread:environment, and whether a proxy answers in place of Exchange",
    );
    assert.match(
      describeStranger(`https://x.outlook.office365.us${PATH}`, global),
      /; set azuread:environment to "usgovernmentl4" if the tenant is in that cloud$/,
    );
    assert.match(describeStranger("http://outlook.office365.com/", global), /; check azuread:env/);
    assert.match(describeStranger("nonsense", global), /^"nonsense", which is not https at /);
  });
});
