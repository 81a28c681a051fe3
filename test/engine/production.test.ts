// Pulumi.prod.yaml as it is, but for the tenant's id: in a tenant that has what its comments ask for, its whole life.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import type { Lab } from "../../lab/src/lab.ts";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { addDomain } from "../../lab/stack/manyDomains.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { StackConfig } from "../badConfigs.ts";
import { errorsOf, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { runWriting } from "./runScript.ts";
import { verificationsIn } from "./verifyScene.ts";

const DOMAIN = "contoso.com";
const PLACEHOLDER = "00000000-0000-0000-0000-000000000000";
const SENDERS = "m365-smtp-relay:senders";

// One life of one stack: each test goes on where the one before ended.
describe(`Pulumi.prod.yaml, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let config: StackConfig;
  /** The configuration after the last change. */
  let current: StackConfig;
  let untouched: unknown;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { addresses, settings, tenant } = lab.world;
    settings.traceDelayMs = 0;
    settings.dkimRemovable = true;
    // Where erp and the printers connect from.
    addresses.customer = ["198.51.100.7", "198.51.100.8"];
    const text = await readFile(join(projectRoot, "Pulumi.prod.yaml"), "utf8");
    assert.ok(text.includes(PLACEHOLDER));
    ({ config } = parse(text.replace(PLACEHOLDER, tenant.id)) as { config: StackConfig });
    stack = await fixture.open({ config, stack: "prod" });
  });
  after(() => fixture?.close());

  /** What was printed since. */
  const printedBy = async (act: () => Promise<unknown>): Promise<string> => {
    const before = fixture.output().length;
    await act();
    return fixture.output().slice(before);
  };
  /** The world without the times at which a mailbox that was put back was changed. */
  const lasting = (): unknown =>
    JSON.parse(comparableWorld(lab), (key, value) =>
      ["whenChanged", "smtpClientAuthentication"].includes(key) ? undefined : value,
    );
  const run = (script: string, args: readonly string[], env: Record<string, string> = {}) =>
    runWriting(fixture, `scripts/${script}.ts`, ["--stack", "prod", ...args], {
      PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "Pulumi.prod.yaml"),
      ...env,
    });

  it("is refused by a preview in a tenant that has nothing of what its comments ask for, each with its fix", async () => {
    const { tenant, billingPolicies, cloudflare } = lab.world;
    const [standard] = tenant.skus.filter(({ skuPartNumber }) => skuPartNumber.startsWith("EX"));
    assert.ok(standard);
    const world = comparableWorld(lab);
    const { consumed } = standard;
    standard.consumed = standard.enabled;
    lab.world.billingPolicies = [];
    const errors = (await errorsOf(stack.preview())).join("\n");
    standard.consumed = consumed;
    lab.world.billingPolicies = billingPolicies;
    for (const words of [
      /"contoso\.com"[^\n]*(?:verif|not a domain)/,
      /billing policy/,
      /EXCHANGESTANDARD/,
      /support@contoso\.com/,
    ]) {
      assert.match(errors, words);
    }
    assert.deepEqual([comparableWorld(lab), cloudflare.zones.length], [world, 3]);
  });

  it("is previewed in one page without an alarm, in the tenant that they ask for", async () => {
    const { tenant } = lab.world;
    addDomain(lab, DOMAIN);
    lab.editZone(DOMAIN, () => [{ type: "MX", name: DOMAIN, content: tenant.mxHost, priority: 0 }]);
    const support = `support@${DOMAIN}`;
    lab.admin("New-Mailbox", { Shared: true, Name: "Support", PrimarySmtpAddress: support });
    // As where the admin center has made it: some tenants take nothing but the user name in a sign-in.
    lab.admin("Set-Mailbox", { Identity: support, MicrosoftOnlineServicesID: support });
    const world = comparableWorld(lab);
    untouched = lasting();
    const page = await printedBy(() => stack.preview());
    const told =
      page.split("Diagnostics:\n")[1]?.split("\nOutputs:")[0]?.trimEnd().split("\n") ?? [];
    assert.equal(told.filter((line) => / is new: it /.test(line)).length, config[SENDERS].length);
    assert.deepEqual(
      told.flatMap((line) => /warning: (sender "\w+" [\w ]+)/.exec(line)?.[1] ?? []),
      ['sender "plant" signs in with a password ', 'sender "newsletter" uses 833'],
    );
    assert.ok(told.length <= 40, told.join("\n"));
    assert.equal(comparableWorld(lab), world);
  });

  it("comes up with nothing pending, and a second preview has nothing to do", async () => {
    const { outputs } = await stack.up({ skipPreview: true });
    assert.deepEqual(outputs.pending, []);
    const senders = outputs.senders as Readonly<Record<string, SenderOutput>>;
    assert.deepEqual(
      Object.entries(senders).map(([name, { method, via }]) => `${name} ${via ?? method}`),
      [
        "crm smtpAuth",
        "edi connector",
        "erp connector",
        "exchange connector",
        "hr smtpAuth",
        "intranet highVolumeEmail",
        "monitoring scanners",
        "newsletter azureCommunicationServices",
        "plant smtpAuth",
        "scanners connector",
        "shop smtpAuth",
        "tickets smtpAuth",
        "warehouse exchange",
      ],
    );
    assert.deepEqual(await stack.preview(), []);
    assert.deepEqual(await stack.drift(), []);
  });

  it("is listed by npm run senders, each sender with its method and its reason", async () => {
    const { code, stdout, stderr } = await run("senders/main", ["--json"]);
    assert.equal(code, 0, stderr);
    const { senders } = JSON.parse(stdout) as { senders: { sender: string; because: string }[] };
    assert.deepEqual(
      senders.map(({ sender, because }) => [sender, because !== ""]).toSorted(),
      config[SENDERS].map(({ name }) => [name, true]).toSorted(),
    );
  });

  it("passes npm run doctor without an error", async () => {
    const { stdout, stderr } = await run("doctor/main", ["--json"]);
    const { findings } = JSON.parse(stdout) as {
      findings: { check: string; severity: string; what: string }[];
    };
    const wrong = findings.filter(({ severity }) => severity === "error");
    assert.deepEqual(wrong, [], stderr);
    const warned = findings.filter(({ severity }) => severity === "warning");
    // A resolver may still remember that the records were not there.
    assert.deepEqual(
      warned.filter(({ check }) => check !== "records"),
      [],
    );
  });

  it("sends as senders of each way by npm run verify, which passes", async () => {
    const files = join(fixture.folder, "senders");
    await mkdir(files);
    for (const [name, host] of [
      ["erp", `relay.${DOMAIN}`],
      ["exchange", `mail.${DOMAIN}`],
    ] as const) {
      const { key, chain } = await lab.issueCertificate({ names: [host], issuer: "public" });
      await writeFile(join(files, `${name}.key`), key, { mode: 0o600 });
      await writeFile(join(files, `${name}.chain.pem`), chain, { mode: 0o600 });
    }
    const [mailbox] = lab.outsideMailboxes;
    assert.ok(mailbox);
    const { address: to, password, imap } = mailbox;
    const verify = async (names: readonly string[], ...more: readonly string[]) => {
      const ended = await run(
        "verify/main",
        [
          ...["--json", "--to", to, "--imap", `localhost:${imap.port}`, "--imap-user", to],
          ...names.flatMap((name) => ["--sender", name]),
          ...["--files", files, ...more],
        ],
        { M365_SMTP_RELAY_IMAP_PASSWORD: password },
      );
      const open = [...verificationsIn(ended)].map(([name, { judged }]) => [
        name,
        judged.filter(({ outcome }) => !/^(?:pass|not applicable)$/.test(outcome)),
      ]);
      assert.deepEqual(
        open,
        names.map((name) => [name, []]),
        ended.stderr,
      );
      assert.equal(ended.code, 0);
    };
    // The fence of the printers' address lets nobody else pass.
    await verify(["scanners", "monitoring"], "--local-address", loopbackOf("198.51.100.8"));
    // Not tickets: in some worlds Exchange takes the user name of its mailbox alone, which is in another domain, as the preview says.
    await verify(["erp", "hr", "warehouse", "plant"]);
  });

  it("takes one sender more and one less, and touches no other", async () => {
    const till = { name: "till", from: [`till@${DOMAIN}`], authentication: ["oauth"] };
    const left = config[SENDERS].map((one) =>
      one.name === "edi" ? { ...one, retire: true } : one,
    );
    const upWith = async (senders: StackConfig[typeof SENDERS]) => {
      current = { ...config, [SENDERS]: senders };
      await stack.configure(current);
      const { changes, outputs } = await stack.up({ skipPreview: true });
      assert.deepEqual(outputs.pending, []);
      const done = summaryOf(changes);
      const other = /relay-(?!survey|contoso\.com-spf|till|edi)/;
      assert.deepEqual(
        done.filter((line) => other.test(line)),
        [],
      );
      return done;
    };
    assert.ok((await upWith([...left, till])).includes("create relay-till-mailbox"));
    const gone = await upWith([...left.filter(({ name }) => name !== "edi"), till]);
    assert.ok(gone.includes("delete relay-edi-connector"));
  });

  it("is not torn down as it is not disposable, and nothing changes", async () => {
    const world = comparableWorld(lab);
    const { code, stderr } = await run("teardown/main", [
      ...["--yes", "--tenant", lab.world.tenant.id],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /is not disposable by its stack file, so it is not torn down; two steps/);
    assert.equal(comparableWorld(lab), world);
  });

  it("leaves nothing once it is disposable, and gives the mailbox back that it has adopted", async () => {
    await stack.configure({ ...current, "m365-smtp-relay:disposable": true });
    await stack.up({ skipPreview: true });
    const { code, stdout, stderr } = await run("teardown/main", [
      ...["--yes", "--tenant", lab.world.tenant.id],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^stack "prod": nothing left$/m);
    assert.deepEqual(lasting(), untouched);
  });
});
