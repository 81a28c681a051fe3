// What somebody did by hand before a teardown, what nobody knows of, and a state that is lost: nothing is left, or a list with
// a command for each. EXHAUSTIVE=1 makes each change by hand alone as well.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Lab } from "../../../lab/src/lab.ts";
import { deleteInEntra, runCommand } from "../byHand.ts";
import { openTeardown, recordsOf, type TeardownBench } from "./bench.ts";

const EXHAUSTIVE = process.env.EXHAUSTIVE === "1";

describe("a teardown", () => {
  let bench: TeardownBench;
  let lab: Lab;
  let domain: string;

  before(async () => {
    bench = await openTeardown(["erp", "shop", "scanner"]);
    ({ lab, domain } = bench);
  });
  beforeEach(() => bench.restore());
  after(() => bench?.fixture.close());

  it("says what it would do, and changes nothing with --dry-run", async () => {
    const was = await bench.everything();
    const { code, stdout, stderr } = await bench.teardown(["--dry-run"]);
    assert.equal(code, 0, stderr);
    for (const line of [
      'stack "lab": nothing was changed (--dry-run)',
      '  connector "relay-lab-erp" of erp',
      '  app "relay-lab-shop"',
      `  mailbox of scanner@${domain}`,
    ]) {
      assert.ok(stdout.split("\n").includes(line), `${line}\nin\n${stdout}`);
    }
    assert.match(
      stdout,
      /^ {2}Entra keeps the apps .* for 30 days; --purge deletes them for good$/m,
    );
    assert.deepEqual(await bench.everything(), was);
  });

  const BY_HAND: Readonly<Record<string, () => unknown>> = {
    "removed the connector": () =>
      lab.admin("Remove-InboundConnector", { Identity: "relay-lab-erp" }),
    "removed the mailbox": () => lab.admin("Remove-Mailbox", { Identity: `orders@${domain}` }),
    "deleted the app": () =>
      deleteInEntra(lab, `applications/${lab.world.directory.applications[0]?.id}`),
    "removed the service principal in Exchange": () =>
      lab.admin("Remove-ServicePrincipal", {
        Identity: lab.world.exchangeServicePrincipals[0]?.guid,
      }),
    "removed the role assignment and the scope": () => {
      // Exchange removes the assignment with its service principal.
      if (lab.world.roleAssignments.length > 0) {
        lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" });
      }
      lab.admin("Remove-ManagementScope", { Identity: "relay-lab-shop" });
    },
    "removed the DKIM configuration": () =>
      lab.admin("Remove-DkimSigningConfig", { Identity: domain }),
    "put the zone back as it was": () => lab.editZone(domain, () => structuredClone(bench.zone)),
    "deleted the user, and its licence with it": () =>
      deleteInEntra(lab, `users/scanner@${domain}`),
    "removed the authentication policy": () => {
      const scanner = `scanner@${domain}`;
      const hasUser = lab.world.mailboxes.some(({ address }) => address === scanner);
      if (hasUser) lab.admin("Set-User", { Identity: scanner, AuthenticationPolicy: null });
      lab.admin("Remove-AuthenticationPolicy", { Identity: "relay-lab-scanner" });
    },
    "removed the outbound rule": () =>
      lab.admin("Remove-HostedOutboundSpamFilterRule", { Identity: "relay-lab-shop" }),
  };

  it("goes on after all that somebody has removed or put back by hand", async (t) => {
    assert.equal(Object.keys(BY_HAND).length, 10);
    if (EXHAUSTIVE) {
      for (const [what, act] of Object.entries(BY_HAND)) {
        await t.test(what, async () => {
          await bench.restore();
          await act();
          await bench.clean();
        });
      }
      await bench.restore();
    }
    for (const act of Object.values(BY_HAND)) await act();
    await bench.clean();
  });

  it("does not remove what has lost its mark, finds orphans, and names a command for each that works", async () => {
    // Renamed, with its mark.
    lab.admin("Set-HostedOutboundSpamFilterPolicy", {
      Identity: "relay-lab-shop",
      RecipientLimitPerDay: 7,
    });
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Comment: "mine" });
    lab.admin("Set-Mailbox", { Identity: `orders@${domain}`, DisplayName: "Renamed" });
    const mark = "Managed by Pulumi: m365-smtp-relay/lab/old. Changes made by hand are undone.";
    lab.admin("New-InboundConnector", {
      ...{ Name: "orphan", ConnectorType: "OnPremises", SenderDomains: ["smtp:*;1"] },
      ...{ SenderIPAddresses: ["192.0.2.77"], RequireTls: true, Comment: mark },
    });
    lab.admin("New-Mailbox", { Shared: true, Name: "orphan", DisplayName: "Orphan" });
    lab.admin("Set-Mailbox", { Identity: "orphan", CustomAttribute15: mark });
    // Another stack's, and one whose name begins alike.
    lab.admin("New-InboundConnector", {
      ...{ Name: "relay-lab-eu-erp", ConnectorType: "OnPremises", SenderDomains: ["smtp:*;1"] },
      ...{ SenderIPAddresses: ["192.0.2.78"], RequireTls: true },
      Comment: "Managed by Pulumi: m365-smtp-relay/lab-eu/erp. Changes made by hand are undone.",
    });
    lab.admin("New-ManagementScope", {
      ...{ Name: "relay-lab-eu-erp", RecipientRestrictionFilter: `Guid -eq '${bench.tenant}'` },
    });
    const [app] = lab.world.directory.applications;
    assert.ok(app);
    lab.world.directory.applications.push({
      ...structuredClone(app),
      id: "0f6a5d3e-0000-4000-8000-000000000001",
      appId: "0f6a5d3e-0000-4000-8000-000000000002",
      properties: {
        ...app.properties,
        displayName: "orphan",
        notes: "Managed by Pulumi: m365-smtp-relay/lab/old",
      },
    });
    lab.editZone(domain, (records) => [
      ...records,
      {
        ...{ type: "TXT", name: `_orphan.${domain}`, content: '"x"' },
        comment: "Managed by Pulumi: m365-smtp-relay/lab",
      },
      {
        ...{ type: "TXT", name: `old.${domain}` },
        content: '"v=spf1 include:spf.protection.outlook.com ip4:192.0.2.9 ~all"',
        comment: "Managed by Pulumi: m365-smtp-relay/lab",
      },
    ]);

    const { code, stdout, stderr } = await bench.teardown([...bench.confirmed, "--json"]);
    assert.equal(code, 7, stderr);
    assert.match(stderr, /connector "relay-lab-erp" .* is not marked as ours any more/);
    const { left } = JSON.parse(stdout) as {
      left: { title: string; because: string; command: string }[];
    };
    assert.deepEqual(
      left.map(({ title, because }) => `${title}: ${because}`).sort(),
      [
        `DNS record TXT _orphan.${domain}: its mark names m365-smtp-relay/lab`,
        `DNS record TXT old.${domain}: its mark names m365-smtp-relay/lab`,
        "app orphan: its mark names m365-smtp-relay/lab/old",
        "connector orphan: its mark names m365-smtp-relay/lab/old",
        "connector relay-lab-erp: its name is that of a sender of this stack",
        "mail flow rule relay-lab-erp: its mark names m365-smtp-relay/lab/erp",
        `mailbox orphan@${domain}: its mark names m365-smtp-relay/lab/old`,
      ].sort(),
    );
    for (const { command } of left) await runCommand(lab, command);
    const old = recordsOf(lab, domain).find(({ name }) => name === `old.${domain}`);
    assert.deepEqual([old?.content, old?.comment || ""], ['"v=spf1 ip4:192.0.2.9 ~all"', ""]);
    lab.editZone(domain, (records) => records.filter(({ id }) => id !== old?.id));
    lab.admin("Remove-InboundConnector", { Identity: "relay-lab-eu-erp" });
    lab.admin("Remove-ManagementScope", { Identity: "relay-lab-eu-erp" });
    await bench.clean();
  });

  it("finds everything of a stack whose state is lost; the list removes it, and --purge what is kept", async () => {
    await rm(join(bench.stack.stateFolder, ".pulumi/stacks"), { recursive: true });
    const was = await bench.everything();
    const { code, stdout, stderr } = await bench.teardown(["--json"]);
    assert.equal(code, 7, stderr);
    assert.deepEqual(await bench.everything(), was);
    const { left } = JSON.parse(stdout) as { left: { title: string; command: string }[] };
    const titles = left.map(({ title }) => title);
    for (const title of [
      ...["app relay-lab-shop", "connector relay-lab-erp", `mailbox orders@${domain}`],
      ...["management scope relay-lab-shop", "role assignment relay-lab-shop"],
      ...["service principal in Exchange relay-lab-shop", `mailbox scanner@${domain}`],
      ...["authentication policy relay-lab-scanner", "outbound policy relay-lab-shop"],
      ...["outbound rule relay-lab-shop", `DNS record CNAME selector1._domainkey.${domain}`],
    ]) {
      assert.ok(titles.includes(title), `${title} among ${titles.join(", ")}`);
    }
    for (const { command } of left) await runCommand(lab, command);

    // What is kept of it goes with --purge, in two runs where Exchange has not learnt yet that the users are gone.
    lab.world.settings.userPurgeDelayMs = 3_600_000;
    const early = await bench.teardown([...bench.confirmed, "--purge", "--json"]);
    assert.equal(early.code, 7, early.stderr);
    assert.match(early.stderr, /^is deleted for good:\n {2}deleted user relay-lab-s/m);
    const waiting = JSON.parse(early.stdout) as { left: { title: string }[]; failures: string[] };
    assert.deepEqual(waiting.left.map((one) => one.title).sort(), [
      `deleted mailbox orders@${domain}`,
      `deleted mailbox scanner@${domain}`,
    ]);
    assert.match(
      waiting.failures[0] ?? "",
      /is still kept: Exchange does not know yet that its user is deleted for good; run this again/,
    );
    await lab.clock.advance(3_600_000);
    for (const _ of ["once", "twice"]) {
      const { code, stdout, stderr } = await bench.teardown([...bench.confirmed, "--purge"]);
      assert.deepEqual([code, stdout], [0, 'stack "lab": nothing left\n'], stderr);
    }
    const kept = Object.values(lab.world.deletedItems).flat();
    assert.deepEqual(kept, []);
  });
});
