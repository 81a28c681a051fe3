// `npm run drift` as an app that only reads: what somebody changed by hand, in terms of mail.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { Drift } from "../../mail/drift/describe.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { type Fixture, filesIn, openFixture } from "./fixture.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

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
    const senders = labConfig(lab.world)["m365-smtp-relay:senders"] as { name: string }[];
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": senders.filter(({ name }) => ["erp", "shop"].includes(name)),
      },
    });
    await stack.up();
  });
  after(() => fixture?.close());

  let reader = "role-group";

  /** Runs it; what it read has to be as before. */
  async function drift(...args: string[]): Promise<Ended> {
    const state = await filesIn(stack.stateFolder);
    const world = comparableWorld(lab);
    const env = {
      ...process.env,
      ...fixture.env,
      ...lab.readerEnvs[reader],
      PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "Pulumi.lab.yaml"),
    };
    const run = promisify(execFile)(process.execPath, ["scripts/drift/main.ts", ...args], {
      cwd: projectRoot,
      env,
    });
    const ended = await run.then(
      (output) => ({ code: 0, ...output }),
      (error: Ended) => error,
    );
    assert.equal(await filesIn(stack.stateFolder), state);
    assert.equal(comparableWorld(lab), world);
    return ended;
  }

  it("finds nothing after an up", async () => {
    const { code, stdout } = await drift("--stack", "lab");
    assert.equal(stdout, 'stack "lab": nothing differs from what the last run left\n');
    assert.equal(code, 0);
  });

  it("says what was changed by hand, and what it means for mail", async () => {
    const erp = lab.world.connectors.find(({ name }) => name === "relay-lab-erp");
    const [address = ""] = erp?.senderIPAddresses ?? [];
    lab.admin("Set-InboundConnector", {
      Identity: "relay-lab-erp",
      SenderIPAddresses: ["198.51.100.200", address],
    });
    const [mailbox = ""] = lab.world.mailboxes
      .filter(({ customAttributes }) => /lab\/shop/.test(customAttributes[15] ?? ""))
      .map((one) => one.address);
    lab.admin("Set-CASMailbox", { Identity: mailbox, PopEnabled: true });
    lab.admin("Remove-ManagementRoleAssignment", { Identity: "relay-lab-shop" });
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    lab.editZone(domain, (records) => records.filter(({ name }) => !name.startsWith("_dmarc")));

    const { code, stdout } = await drift("--stack", "lab");
    assert.equal(code, 7);
    const paragraphs = stdout.trimEnd().split("\n\n");
    assert.match(
      paragraphs[0] ?? "",
      /^stack "lab": [5-9] things differ from what the last run left$/,
    );
    for (const paragraph of [
      [
        'connector "relay-lab-erp" of erp',
        "  SenderIPAddresses has 198.51.100.200 in addition",
        "  -> whoever connects from 198.51.100.200 may send as any address of the tenant's accepted domains",
      ],
      [
        `mailbox of ${mailbox}`,
        "  PopEnabled is true, and was false",
        "  -> whoever gets hold of the sender's credential can do more with it than send",
      ],
      ["role of the app of shop", "  is gone", "  -> the sender can't submit mail"],
      [
        `DKIM signing of ${domain}`,
        "  Enabled is false, and was true",
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

  it("writes the same as JSON, and says what an app that sees less did not look at", async () => {
    reader = "global-reader";
    const { code, stdout, stderr } = await drift("--stack", "lab", "--json");
    assert.equal(code, 7);
    assert.equal(
      [...stderr.matchAll(/warning: the service principals .* were not looked at/g)].length,
      1,
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
