// `npm run verify -- --to` with senders that are not made from nothing: adopted ones, one without TLS, one with several
// addresses, one that is retired; and what it says of each once it is stopped.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, afterEach, before, describe, it } from "node:test";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { labSenders } from "../../lab/stack/senders.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { makeClassicApp } from "./classicApp.ts";
import { type Fixture, openFixture, SEED } from "./fixture.ts";
import { runWriting, scriptEnv } from "./runScript.ts";
import { type Ended, judgedOf, verificationsIn } from "./verifyScene.ts";

const STOPPED =
  /^the sender was stopped by hand on \d{4}-\d\d-\d\d \d\d:\d\d UTC with npm run stop$/;

for (const access of ["rbac", "classic"] as const) {
  describe(`verify of senders of every kind, ${access}, seed ${SEED}`, () => {
    let fixture: Fixture;
    let restore: () => Promise<void>;
    let domain: string;
    let files: string;
    let addresses: Readonly<Record<string, string>>;

    before(async () => {
      fixture = await openFixture();
      const { lab, folder } = fixture;
      const { world } = lab;
      ({ domain } = world.tenant);
      world.settings.traceDelayMs = 0;
      const [{ egress }] = labSenders(world);
      addresses = { erp: egress, scanner: world.addresses.stranger };
      lab.admin("New-InboundConnector", {
        ...{ Name: "Relay from ERP", ConnectorType: "OnPremises", SenderDomains: ["*"] },
        // As the stack wants it, so that it is adopted without a write, and bears no mark.
        ...{ SenderIPAddresses: [egress], Comment: "made by Bob", RequireTls: true },
      });
      for (const Name of ["support", "news"]) {
        lab.admin("New-Mailbox", { Shared: true, Name, PrimarySmtpAddress: `${Name}@${domain}` });
      }
      const { clientId, mailbox } = makeClassicApp(lab);
      lab.admin("Set-CASMailbox", { Identity: mailbox, SmtpClientAuthenticationDisabled: false });
      const of = (name: string, authentication: string, rest: object = {}) => ({
        ...{ name, from: [`${name}@${domain}`], authentication: [authentication] },
        ...rest,
      });
      const relayed = { from: [`*@${domain}`] };
      await fixture
        .open({
          config: {
            ...labConfig(world),
            "m365-smtp-relay:applicationAccess": access,
            "m365-smtp-relay:senders": [
              of("erp", "staticIp", {
                ...relayed,
                egress: [addresses.erp],
                adoptConnector: "Relay from ERP",
              }),
              of("scanner", "staticIp", {
                ...relayed,
                egress: [addresses.scanner],
                requireTls: false,
              }),
              of("crm", "oauth", { from: [`crm@${domain}`, `news@${domain}`] }),
              of("support", "oauth", { adoptMailbox: true }),
              of("anna", "oauth", { adoptMailbox: true, adoptApplication: clientId }),
              of("old", "oauth", { retire: true }),
            ],
          },
        })
        .then((stack) => stack.up({ skipPreview: true }));
      files = join(folder, "senders");
      await mkdir(files);
      await writeFile(join(files, "anna.secret"), `${fixture.env.ARM_CLIENT_SECRET}\n`);
      restore = await fixture.snapshot();
    });
    afterEach(() => restore());
    after(() => fixture?.close());

    /** Verifies senders from the address of the first one. */
    async function verify(senders: readonly string[], ...more: string[]): Promise<Ended> {
      const [mailbox] = fixture.lab.outsideMailboxes;
      assert.ok(mailbox);
      const args = [
        ...["--stack", "lab", "--to", mailbox.address, "--files", files],
        ...senders.flatMap((name) => ["--sender", name]),
        ...["--imap", `localhost:${mailbox.imap.port}`, "--imap-user", mailbox.address],
        ...["--local-address", loopbackOf(addresses[senders[0] ?? ""] ?? "127.0.0.1"), ...more],
      ];
      const child = spawn(
        process.execPath,
        [join(projectRoot, "scripts/verify/main.ts"), ...args],
        {
          cwd: projectRoot,
          env: { ...scriptEnv(fixture), M365_SMTP_RELAY_IMAP_PASSWORD: mailbox.password },
        },
      );
      const closed = once(child, "close");
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      const [code] = (await closed) as [number | null];
      return { code, stdout, stderr };
    }

    /** Those that can be verified in one run: each that relays has an address of its own, and nothing of it is classic. */
    const SIGNING_IN = ["crm", "support", "anna", "old"];
    const GROUPS = access === "rbac" ? [["erp"], ["scanner"], SIGNING_IN] : [SIGNING_IN];

    it("is green for each, and says which addresses are not tried", async () => {
      for (const names of GROUPS) {
        const ended = await verify(names, "--json");
        for (const name of names) {
          const one = verificationsIn(ended).get(name);
          const open = one?.judged.filter(({ outcome }) => outcome !== "pass");
          assert.deepEqual(open, [], name);
          const untried = name === "crm" ? [`news@${domain}`] : [];
          assert.deepEqual(one?.message?.untried, untried, name);
        }
        assert.equal(ended.code, 0, ended.stderr);
      }
      const { stdout } = await verify(["crm"], "--wait", "0");
      assert.match(stdout, new RegExp(`sent from crm@${domain}; not tried: news@${domain} \\(`));
    });

    it("says that each is stopped, with the command that starts it, and blames nothing else", async () => {
      const { lab } = fixture;
      const stopped = await runWriting(fixture, "scripts/stop/stop.ts", [
        ...["--stack", "lab", "--all", "--yes"],
      ]);
      assert.equal(stopped.code, 0, stopped.stderr);
      await lab.clock.advance(3_600_000);
      for (const names of GROUPS) {
        const ended = await verify(names, "--json");
        assert.equal(ended.code, 7, ended.stderr);
        for (const name of names) {
          const judged = judgedOf(verificationsIn(ended).get(name), "handover");
          assert.ok(judged?.outcome === "fail", JSON.stringify(judged));
          assert.match(judged.reason, STOPPED);
          const start = `run npm run start -- --stack lab --sender ${name} when the sender may send again`;
          assert.equal(judged.fix, start);
          assert.match(judged.read, /5\.7\.64|^535 5\.7\.139|^AADSTS7000112/);
        }
      }
      await lab.settle();
      assert.deepEqual(lab.mailbox(), []);
      // Where Exchange may not be asked, the refusal speaks for itself.
      const blind = verificationsIn(await verify(["erp"], "--no-trace", "--json"));
      const judged = judgedOf(blind.get("erp"), "handover");
      assert.ok(judged?.outcome === "fail", JSON.stringify(judged));
      assert.match(judged.reason, /^Exchange could not attribute the connection/);
      assert.match(
        judged.fix,
        /npm run start -- --stack lab --sender erp if the sender was stopped/,
      );
    });
  });
}
