// What is said of an identity's rights: of one that reads, of one that deploys, and of one that can do neither.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeRights, type SeenRights } from "../../../../mail/doctor/tenant/rights.ts";
import type { Right, StackRights } from "../../../../mail/rights/rights.ts";

const right = (kind: Right["kind"], name: string): Right => ({ kind, name, because: "for a test" });
const RIGHTS: StackRights = {
  deploy: [
    right("permission", "Domain.Read.All"),
    right("permission", "Application.ReadWrite.All"),
    { ...right("permission", "AuditLog.Read.All"), extra: "sign-in-log" },
    right("exchange", "Exchange.ManageAsApp"),
    right("role", "Mail Recipients"),
    right("role", "Mail Recipient Creation"),
    right("delegating", "Application SMTP.SendAsApp"),
    right("zone", "DNS Edit"),
  ],
  read: [
    right("permission", "Domain.Read.All"),
    right("permission", "Application.Read.All"),
    right("exchange", "Exchange.ManageAsApp"),
    right("role", "View-Only Recipients"),
    right("role", "View-Only Audit Logs"),
    right("cmdlet", "Get-ServicePrincipal"),
  ],
};
const READER: SeenRights = {
  clientId: "reader",
  permissions: ["Domain.Read.All", "Application.Read.All"],
  exchange: ["Exchange.ManageAsApp"],
  cmdlets: new Map<string, boolean | string>([
    ["View-Only Recipients", true],
    ["View-Only Audit Logs", true],
    ["Get-ServicePrincipal", true],
    ["Mail Recipients", true],
  ]),
};
const DEPLOYER: SeenRights = {
  ...READER,
  clientId: "deployer",
  permissions: ["Domain.Read.All", "Application.ReadWrite.All"],
};
const but = (seen: SeenRights, ...answers: [string, boolean | string][]): SeenRights => ({
  ...seen,
  cmdlets: new Map([...seen.cmdlets, ...answers]),
});

const CASES: readonly [what: string, SeenRights, severities: string[], said: RegExp][] = [
  [
    "an identity that reads",
    READER,
    ["ok"],
    /reader can preview and look for drift \(3 permissions in its tokens, 3 rights in Exchange, each shown by a cmdlet\); to deploy it would also need Application\.ReadWrite\.All"/,
  ],
  [
    "one that deploys, with a permission above the one that reads",
    but(DEPLOYER, ["View-Only Audit Logs", false]),
    ["ok"],
    /deployer has what an up needs, as far as its token and cmdlets that only read show/,
  ],
  [
    "one that reads and can't look for drift",
    but(READER, ["View-Only Audit Logs", false], ["Get-ServicePrincipal", false]),
    ["warning", "warning", "ok"],
    /the right to run Get-ServicePrincipal.*reader can preview \(/,
  ],
  [
    "one without a permission",
    { ...READER, permissions: ["Domain.Read.All"] },
    ["error"],
    /lacks the permission Application\.Read\.All on Microsoft Graph: for a test.*npm run bootstrap -- --stack prod/,
  ],
  [
    "one that may call no cmdlet",
    { ...but(READER, ["View-Only Recipients", false]), exchange: [] },
    ["error", "error"],
    /Exchange\.ManageAsApp on Office 365 Exchange Online.*management role View-Only Recipients/,
  ],
  [
    "one of which Exchange says nothing",
    but(READER, ["View-Only Recipients", "no answer"]),
    ["unknown"],
    /whether app reader has View-Only Recipients is not known: no answer/,
  ],
];

describe("the rights of the identity", () => {
  for (const [what, seen, severities, said] of CASES) {
    it(`${severities.join(", ")}: ${what}`, () => {
      const found = judgeRights(RIGHTS, "prod", seen);
      assert.deepEqual(
        found.map(({ severity }) => severity),
        severities,
      );
      assert.match(JSON.stringify(found), said);
    });
  }
});
