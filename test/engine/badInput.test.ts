// What is wrong stops a run before anything is written: what the stack file says before anything is asked, what only
// the tenant knows by reads alone. All bad stack files are in test/unit/config.test.ts; here are those that reach the
// engine by different ways.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { BAD_CONFIGS, goodConfig, type StackConfig } from "../badConfigs.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, requestsTo } from "./fixture.ts";

/** A missing value, one of the wrong type, one that breaks a rule, one that belongs to Pulumi, two that clash. */
const ON_THE_ENGINE = [
  "no tenant",
  "senders that are no list",
  "a bad from address",
  "a credential in the stack file",
  "two senders behind one address",
];

interface Case {
  readonly title: string;
  /** Changes the world or the configuration. @returns variables to set in the environment */
  readonly spoil: (fixture: Fixture, config: StackConfig) => Record<string, string> | undefined;
  readonly says: RegExp;
  /** Rights that are missing, each with an error of its own. @default 1 */
  readonly rights?: number;
}

const TENANT_CASES: readonly Case[] = [
  {
    title: "a domain that the tenant has not verified",
    spoil({ lab }, config) {
      const unverified = lab.world.tenant.domains.find(({ isVerified }) => !isVerified)?.id ?? "";
      config["m365-smtp-relay:domains"].push({ name: unverified, dns: { host: "external" } });
    },
    says: /is not an accepted domain of the tenant \(.*; add and verify it in Microsoft 365/,
  },
  {
    title: "a certificate name in no accepted domain",
    spoil: (_, config) =>
      void Object.assign(config["m365-smtp-relay:senders"][1] ?? {}, {
        certificateName: "relay.elsewhere.example",
      }),
    says: /is in none of the tenant's accepted domains/,
  },
  {
    title: "a tenant with nothing but E5 Developer",
    spoil({ lab }) {
      lab.world.settings.connectorOffering = "refused";
      for (const sku of lab.world.tenant.skus) sku.skuPartNumber = "DEVELOPERPACK_E5";
    },
    says: /has only a Microsoft 365 E5 Developer subscription/,
  },
  {
    title: "a tenant without Exchange",
    spoil({ lab }) {
      lab.world.tenant.skus = [];
    },
    says: /has no active subscription with Exchange Online/,
  },
  {
    title: "a connector of somebody else that has the name",
    spoil: ({ lab }) =>
      void lab.admin("New-InboundConnector", {
        Name: "relay-lab-erp",
        ConnectorType: "Partner",
        SenderDomains: ["partner.example"],
      }),
    says: /is the name of a connector that exists already and is not ours \([0-9a-f-]{36}\)/,
  },
  {
    title: "a connector of somebody else that matches the same address",
    spoil: ({ lab }) =>
      void lab.admin("New-InboundConnector", {
        Name: "old relay",
        ConnectorType: "OnPremises",
        SenderDomains: ["*"],
        SenderIPAddresses: [lab.world.addresses.customer[0]],
      }),
    says: /is matched by "old relay" already/,
  },
  {
    title: "another tenant in ARM_TENANT_ID",
    spoil: () => ({ ARM_TENANT_ID: "00000000-0000-4000-8000-00000000000f" }),
    says: /ARM_TENANT_ID: "00000000-.*" is not the tenant of this stack/,
  },
  {
    title: "no ARM_CLIENT_ID",
    spoil: () => ({ ARM_CLIENT_ID: "" }),
    says: /ARM_CLIENT_ID is missing: it names the app that signs in.*; export/,
  },
  {
    title: "nothing to sign in with",
    spoil: () => ({ ARM_CLIENT_SECRET: "" }),
    says: /nothing to sign in with: app .* needs one of ARM_USE_OIDC=true .*; export one/,
  },
  {
    title: "a wrong secret",
    spoil: () => ({ ARM_CLIENT_SECRET: "hunter2-is-not-it" }),
    says: /AADSTS7000215/,
  },
  {
    title: "an app that Entra does not know",
    spoil: () => ({ ARM_CLIENT_ID: "00000000-0000-4000-8000-0000000000aa" }),
    says: /AADSTS700016/,
  },
  {
    title: "an app that may not read Graph",
    spoil({ lab }) {
      lab.world.deployer.appRoles.graph = [];
    },
    says: /grant the app Domain\.Read\.All .*with admin consent.*grant the app LicenseAssignment\.Read\.All/s,
    rights: 2,
  },
  {
    title: "an app without a directory role in Exchange",
    spoil({ lab }) {
      lab.world.deployer.directoryRoles = [];
    },
    says: /assign its service principal Exchange Administrator/,
  },
  {
    title: "an app without Exchange.ManageAsApp",
    spoil({ lab }) {
      lab.world.deployer.appRoles.exchange = [];
      lab.world.deployer.directoryRoles = [];
    },
    says: /grant the app Exchange\.ManageAsApp/,
  },
];

describe("bad input", () => {
  let fixture: Fixture;
  let restore: () => Promise<void>;

  before(async () => {
    fixture = await openFixture();
    await fixture.open();
    restore = await fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => fixture?.close());

  describe("in the stack file stops up before anything is called:", () => {
    it("the cases are known", () => {
      const titles = BAD_CONFIGS.map(({ title }) => title);
      assert.deepEqual(
        ON_THE_ENGINE.filter((title) => !titles.includes(title)),
        [],
      );
    });
    for (const { title, spoil, says } of BAD_CONFIGS) {
      if (!ON_THE_ENGINE.includes(title)) continue;
      it(title, async () => {
        const { lab, open } = fixture;
        const config = goodConfig();
        spoil(config);
        const [before, requests] = [lab.dump(), requestsTo(lab)];
        const errors = await errorsOf((await open({ config })).up());
        assert.equal(errors.length, 1, errors.join("\n"));
        assert.match(errors[0] ?? "", says);
        assert.equal(requestsTo(lab), requests);
        assert.deepEqual(lab.dump(), before);
      });
    }
  });

  describe("that only the tenant knows stops up after reads alone:", () => {
    for (const { title, spoil, says, rights = 1 } of TENANT_CASES) {
      it(title, async () => {
        const { lab, open, output } = fixture;
        const config = labConfig(lab.world) as StackConfig;
        const env = spoil(fixture, config);
        const [before, writes] = [structuredClone(lab.world.connectors), exchangeWrites(lab)];
        const errors = await errorsOf((await open({ config, ...(env && { env }) })).up());
        assert.equal(errors.length, rights, errors.join("\n"));
        assert.match(errors.join("\n"), says);
        assert.deepEqual(exchangeWrites(lab), writes);
        assert.deepEqual(lab.world.connectors, before);
        assert.equal(output().includes("hunter2"), false);
      });
    }
  });
});
