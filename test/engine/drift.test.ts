// `npm run drift` as an app that only reads: what somebody changed by hand, in terms of mail, and who did.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { Author } from "../../mail/drift/authors.ts";
import type { Drift } from "../../mail/drift/describe.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { type Ended, runReading } from "./readingScript.ts";

const ALICE = "alice@contoso.com";
const HOUR = 3_600_000;

// One life of one stack: each test goes on where the one before ended.
describe("npm run drift", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let domain: string;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    ({ domain } = lab.world.tenant);
    lab.world.settings.auditDelayMs = HOUR;
    const senders = labConfig(lab.world)["m365-smtp-relay:senders"] as { name: string }[];
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": senders.filter(({ name }) => ["erp", "shop"].includes(name)),
      },
    });
    await stack.up({ skipPreview: true });
  });
  after(() => fixture?.close());

  let reader = "role-group";

  const drift = (...args: string[]): Promise<Ended> =>
    runReading(fixture, stack, "scripts/drift/main.ts", args, { reader });

  /** What was called in Exchange so far. */
  const cmdlets = () => lab.log.events({ service: "exchange" }).map(({ what }) => what);

  it("finds nothing after an up", async () => {
    const { code, stdout } = await drift("--stack", "lab");
    assert.equal(stdout, 'stack "lab": nothing differs from what the last run left\n');
    assert.equal(code, 0);
    assert.ok(!cmdlets().includes("Search-UnifiedAuditLog"));
  });

  it("says what was changed by hand, who did it when, and what it means for mail", async () => {
    await lab.clock.advance(10 * HOUR);
    const earliest = minuteOf(lab);
    const erp = lab.world.connectors.find(({ name }) => name === "relay-lab-erp");
    const [address = ""] = erp?.senderIPAddresses ?? [];
    const widened = {
      Identity: "relay-lab-erp",
      SenderIPAddresses: ["198.51.100.200", address],
    };
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false }, "bob");
    lab.admin("Set-InboundConnector", { ...widened, Enabled: true }, ALICE);
    const [mailbox = ""] = lab.world.mailboxes
      .filter(({ customAttributes }) => /lab\/shop/.test(customAttributes[15] ?? ""))
      .map((one) => one.address);
    lab.admin("Set-CASMailbox", { Identity: mailbox, PopEnabled: true }, ALICE);
    lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" }, ALICE);
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false }, ALICE);
    lab.editZone(domain, (records) => records.filter(({ name }) => !name.startsWith("_dmarc")));
    const latest = minuteOf(lab);
    await lab.clock.advance(HOUR);

    const before = cmdlets().length;
    const { code, stdout, stderr } = await drift("--stack", "lab");
    assert.equal(code, 7);
    assert.doesNotMatch(stderr, /not known/);
    const searches = cmdlets()
      .slice(before)
      .filter((name) => name === "Search-UnifiedAuditLog");
    assert.equal(searches.length, 1);
    const by = (cmdlet: string) => `  by ${ALICE} at ${earliest} (${cmdlet})`;
    const paragraphs = stdout.replaceAll(latest, earliest).trimEnd().split("\n\n");
    assert.match(
      paragraphs[0] ?? "",
      /^stack "lab": [5-9] things differ from what the last run left$/,
    );
    for (const paragraph of [
      [
        'connector "relay-lab-erp" of erp',
        "  SenderIPAddresses has 198.51.100.200 in addition",
        by("Set-InboundConnector"),
        "  -> whoever connects from 198.51.100.200 may send as any address of the tenant's accepted domains",
      ],
      [
        `mailbox of ${mailbox}`,
        "  PopEnabled is true, and was false",
        by("Set-CASMailbox"),
        "  -> whoever gets hold of the sender's credential can do more with it than send",
      ],
      [
        "role of the app of shop",
        "  is gone",
        by("Remove-ManagementRoleAssignment"),
        "  -> the sender can't submit mail",
      ],
      [
        `DKIM signing of ${domain}`,
        "  Enabled is false, and was true",
        by("Set-DkimSigningConfig"),
        "  -> Exchange signs the domain's mail with the onmicrosoft.com domain, which is not aligned",
        `  -> Exchange does not sign for ${domain}`,
      ],
      [
        `DMARC of ${domain}`,
        "  is gone",
        "  -> receivers are asked to do nothing about mail that others forge in the domain's name",
      ],
    ]) {
      assert.ok(
        paragraphs.includes(paragraph.join("\n")),
        `${paragraph.join("\n")}\n\nin\n${stdout}`,
      );
    }
  });

  it("writes the same as JSON", async () => {
    const { code, stdout } = await drift("--stack", "lab", "--json");
    assert.equal(code, 7);
    const { drift: found } = JSON.parse(stdout) as { drift: (Drift & { by: Author[] })[] };
    const { by = [] } = found.find(({ kind }) => kind === "InboundConnector") ?? {};
    assert.deepEqual(
      by.map(({ who, operation }) => [who, operation]),
      [[ALICE, "Set-InboundConnector"]],
    );
    const held = lab.world.audit.records.filter(({ actor }) => actor.userId === ALICE);
    assert.equal(by[0]?.when.slice(0, 19), held[0]?.at.slice(0, 19));
    assert.deepEqual(found.find(({ kind }) => kind === "DmarcRecord")?.by, []);
  });

  for (const { what, change, words } of [
    {
      what: "has no record yet",
      change: () => {
        lab.world.settings.auditDelayMs = 48 * HOUR;
      },
      words:
        /^drift: warning: who made 4 changes in Exchange is not known: the audit log has no record of it; one takes 60 to 90 minutes as a rule, so look again later$/m,
    },
    {
      what: "is off",
      change: () => {
        lab.world.audit.enabled = false;
      },
      words:
        /^drift: warning: who made 4 changes in Exchange is not known: the tenant's audit log is off; turn it on with Set-AdminAuditLogConfig /m,
    },
  ]) {
    it(`says why it does not know who did it where the audit log ${what}`, async () => {
      change();
      const { code, stdout, stderr } = await drift("--stack", "lab");
      assert.equal(code, 7);
      assert.match(stderr, words);
      assert.match(stdout, /SenderIPAddresses has 198\.51\.100\.200 in addition/);
      assert.doesNotMatch(stdout, /^ {2}by /m);
      Object.assign(lab.world.settings, { auditDelayMs: HOUR });
      lab.world.audit.enabled = true;
    });
  }

  it("says what an app that sees less did not look at, and that it may not search the audit log", async () => {
    reader = "global-reader";
    const { code, stdout, stderr } = await drift("--stack", "lab", "--json");
    assert.equal(code, 7);
    assert.equal(
      [...stderr.matchAll(/warning: the service principals .* were not looked at/g)].length,
      1,
    );
    assert.match(
      stderr,
      /^drift: warning: who changed Exchange by hand is not known: the app may not run Search-UnifiedAuditLog; put it into a role group of Exchange with the role View-Only Audit Logs, see docs\/how-to\/prepare-the-tenant\.md$/m,
    );
    const { drift: found } = JSON.parse(stdout) as { drift: Drift[] };
    assert.deepEqual(
      found.filter(({ kind }) => kind === "InboundConnector"),
      [
        {
          kind: "InboundConnector",
          name: "relay-erp-connector",
          subject: 'connector "relay-lab-erp" of erp',
          changes: ["SenderIPAddresses has 198.51.100.200 in addition"],
          meaning: [
            "whoever connects from 198.51.100.200 may send as any address of the tenant's accepted domains",
          ],
          by: [],
        },
      ],
    );
  });

  it("names a stack that does not exist", async () => {
    const { code, stdout, stderr } = await drift("--stack", "prdo");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^drift: stack "prdo" can't be opened: .*; name one that npm run pulumi -- stack ls lists$/m,
    );
  });
});

/** The lab's virtual time, as drift prints it. */
const minuteOf = ({ clock }: Lab): string =>
  `${clock.now().toISOString().slice(0, 16).replace("T", " ")} UTC`;
