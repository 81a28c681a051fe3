// What `npm run doctor` says of the tenant and of the identity, as an app that only reads.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab, World } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { TENANT_CHECKS } from "../../scripts/doctor/tenant/checks.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { runReading } from "./readingScript.ts";

interface Told {
  readonly check: string;
  readonly severity: string;
  readonly what: string;
  readonly fix?: string;
  readonly resource?: string;
}

const OURS = TENANT_CHECKS.map(({ name }) => name);
const MINUTE = 60_000;

/** What an administrator can do, which check sees it, and what it says. */
const SABOTAGES: readonly {
  readonly change: (world: World) => unknown;
  readonly check: string;
  readonly severity: "error" | "warning";
  readonly said: RegExp;
}[] = [
  {
    change: ({ tenant }) => {
      for (const one of tenant.acceptedDomains) one.isSendingDisabled = !one.isInitial;
    },
    check: "accepted-domains",
    severity: "error",
    said: /sending from .* is disabled.*Set-AcceptedDomain -Identity \S+ -SendingFromDomainDisabled \$false/,
  },
  {
    change: ({ tenant }) => {
      for (const sku of tenant.skus) sku.isTrial = true;
    },
    check: "subscriptions",
    severity: "warning",
    said: /only trials of Exchange Online/,
  },
  {
    change: ({ organization }) => {
      organization.isDehydrated = true;
    },
    check: "customised-organisation",
    severity: "error",
    said: /never customised.*ManagementScope of sender shop.*Enable-OrganizationCustomization/,
  },
  {
    change: ({ directory }) => {
      const user = directory.users.find(({ userPrincipalName: name }) => /^printer@/.test(name));
      if (user !== undefined) user.licenses = [];
    },
    check: "licences",
    severity: "error",
    said: /has no licence EXCHANGESTANDARD.*relay-printer-license/,
  },
  {
    change: ({ policies: { defaultAppManagement } }) => {
      defaultAppManagement.isEnabled = true;
      defaultAppManagement.applicationRestrictions.passwordCredentials = [
        {
          restrictionType: "passwordAddition",
          maxLifetime: null,
          restrictForAppsCreatedAfterDateTime: null,
          state: "enabled",
        },
      ];
    },
    check: "app-policies",
    severity: "warning",
    said: /the default app management policy forbids client secrets.*give own a federatedIdentity/,
  },
  {
    change: ({ organization }) => {
      organization.securityDefaults = true;
    },
    check: "sign-in-policies",
    severity: "error",
    said: /security defaults are on.*move printer to OAuth or a connector/,
  },
  {
    change: ({ directory }) => {
      const secrets = directory.applications.flatMap((app) => app.passwordCredentials);
      for (const secret of secrets) secret.endDateTime = "2026-01-01T00:00:00Z";
    },
    check: "expiry",
    severity: "error",
    said: /the app of own has no valid credential: .* expired on 2026-01-01.*npm run rotate -- --stack lab --sender own/,
  },
];

// One life of one stack: each test goes on where the one before ended.
describe("npm run doctor, of the tenant", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { domain } = lab.world.tenant;
    const senders = labConfig(lab.world)["m365-smtp-relay:senders"] as object[];
    const more = [
      { name: "own", from: [`own@${domain}`], authentication: ["oauth"] },
      {
        ...{ name: "printer", from: [`printer@${domain}`], authentication: ["password"] },
        license: "EXCHANGESTANDARD",
      },
    ];
    stack = await fixture.open({
      config: { ...labConfig(lab.world), "m365-smtp-relay:senders": [...senders, ...more] },
    });
  });
  after(() => fixture?.close());

  /** What our checks found, as an app that only reads. */
  async function doctor(env: Readonly<Record<string, string>> = {}): Promise<Told[]> {
    const args = ["--stack", "lab", "--json"];
    const script = "scripts/doctor/main.ts";
    const { code, stdout, stderr } = await runReading(fixture, stack, script, args, { env });
    assert.ok([0, 7, 8, 9].includes(code), stderr);
    const { findings } = JSON.parse(stdout) as { findings: Told[] };
    for (const secret of lab.secrets()) assert.ok(!stdout.includes(secret));
    return findings.filter(({ check }) => OURS.includes(check));
  }
  const isBad = ({ severity }: Told): boolean => severity !== "ok";
  const checksOf = (told: readonly Told[]): string[] => [
    ...new Set(told.map(({ check }) => check)),
  ];

  it("can't say what policies forbid without a right of their own, and says how to give it", async () => {
    const [first, second, ...others] = (await doctor()).filter(isBad);
    assert.deepEqual(others, []);
    for (const [told, check] of [
      [first, "app-policies"],
      [second, "sign-in-policies"],
    ] as const) {
      assert.deepEqual([told?.check, told?.severity], [check, "unknown"]);
      assert.match(told?.fix ?? "", /bootstrap -- --stack lab --extra policies/);
    }
    const reader = lab.world.readers.find(({ name }) => name === "role-group");
    reader?.appRoles.graph.push("Policy.Read.All");
  });

  it("all is well before the first up, as far as there is something to look at", async () => {
    const told = await doctor();
    assert.deepEqual(told.filter(isBad), []);
    assert.deepEqual(
      checksOf(told),
      OURS.filter((name) => name !== "expiry"),
    );
  });

  it("all is well after an up", async () => {
    await stack.up({ skipPreview: true });
    const told = await doctor();
    assert.deepEqual(told.filter(isBad), []);
    assert.deepEqual(checksOf(told), OURS);
  });

  it("finds what an administrator did, and names it and the fix", async () => {
    const undo = await fixture.snapshot();
    for (const { change } of SABOTAGES) change(lab.world);
    const told = await doctor();
    for (const { check, severity, said } of SABOTAGES) {
      const own = told.filter((one) => one.check === check && isBad(one));
      assert.deepEqual([...new Set(own.map((one) => one.severity))], [severity], check);
      assert.match(own.map((one) => JSON.stringify(one)).join("\n"), said);
    }
    const expected = SABOTAGES.map(({ check }) => check).sort();
    assert.deepEqual(checksOf(told.filter(isBad)).sort(), expected);
    await undo();
  });

  it("finds a Conditional Access policy that blocks basic authentication, unless it excludes the user", async () => {
    const { policies, directory } = lab.world;
    const printer = directory.users.find(({ userPrincipalName: name }) => /^printer@/.test(name));
    const none = { includeGroups: [], excludeGroups: [], includeRoles: [], excludeRoles: [] };
    const excludeUsers: string[] = [];
    policies.conditionalAccess.push({
      ...{ id: "c558e346-969d-40a7-a64e-2df6c2c88490", displayName: "no legacy", state: "enabled" },
      conditions: {
        clientAppTypes: ["exchangeActiveSync", "other"],
        applications: { includeApplications: ["All"], excludeApplications: [] },
        users: { includeUsers: ["All"], excludeUsers, ...none },
      },
      grantControls: { operator: "OR", builtInControls: ["block"] },
    });
    const [told, ...others] = (await doctor()).filter(isBad);
    assert.deepEqual(others, []);
    assert.match(told?.what ?? "", /Access policy "no legacy" \(block\) applies to printer@/);
    excludeUsers.push(printer?.id ?? "");
    assert.deepEqual((await doctor()).filter(isBad), []);
  });

  it("says why Entra signs the identity in no more, and looks at nothing that needs it", async () => {
    const told = await doctor({ ARM_CLIENT_SECRET: "wrong" });
    const refused = told.filter(({ check }) => check === "credential");
    assert.deepEqual(
      refused.map(({ severity }) => severity),
      ["error", "error"],
    );
    assert.match(refused[0]?.what ?? "", /AADSTS7000215/);
    const others = told.filter(({ check }) => !["credential", "clock"].includes(check));
    assert.deepEqual([...new Set(others.map(({ severity }) => severity))], ["unknown"]);
  });

  it("finds a right that was taken away", async () => {
    const reader = lab.world.readers.find(({ name }) => name === "role-group");
    const roles = reader?.appRoles.graph ?? [];
    roles.splice(roles.indexOf("Domain.Read.All"), 1);
    const told = (await doctor()).filter(({ check }) => check === "rights").filter(isBad);
    assert.deepEqual(
      told.map(({ severity }) => severity),
      ["error"],
    );
    assert.match(told[0]?.what ?? "", /lacks the permission Domain\.Read\.All on Microsoft Graph/);
    roles.push("Domain.Read.All");
  });

  it("looks at the rest where Pulumi's backend can't be reached, and says so", async () => {
    const env = { PULUMI_BACKEND_URL: "file:///nonexistent" };
    const args = ["--stack", "lab", "--json"];
    const script = "scripts/doctor/main.ts";
    const { code, stdout } = await runReading(fixture, stack, script, args, { env });
    assert.equal(code, 8, stdout);
    const { findings } = JSON.parse(stdout) as { findings: Told[] };
    // The resolvers still know that there were no records: a warning.
    const isWorse = ({ severity }: Told) => severity === "error" || severity === "unknown";
    const [told, ...others] = findings.filter(isWorse);
    assert.deepEqual([told?.check, told?.severity, others], ["last-up", "unknown", []]);
    assert.match(told?.what ?? "", /^what the last up has made could not be looked at: /);
    assert.match(told?.fix ?? "", /pulumi -- login/);
    assert.ok(findings.some(({ check }) => check === "subscriptions"));
  });

  it("finds a clock that is off", async () => {
    await lab.clock.advance(10 * MINUTE);
    const told = (await doctor()).filter(isBad);
    assert.deepEqual(checksOf(told), ["clock"]);
    for (const { severity, what } of told) {
      assert.equal(severity, "error");
      assert.match(what, /is 10 min behind that of localhost/);
    }
  });
});
