// `npm run review` as an app that only reads, on the real engine.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { checkOut } from "../../lab/review/checkout.ts";
import type { Lab } from "../../lab/src/lab.ts";
import { addDomains } from "../../lab/stack/manyDomains.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { StackReview } from "../../mail/review/stackReview.ts";
import { workspaceEngine } from "../../scripts/engine/find.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { type Ended, runReading } from "./readingScript.ts";

type Entry = Readonly<Record<string, unknown> & { name: string }>;

// One life of one stack; a review changes nothing, so each test begins where the first `up` has ended.
describe("npm run review", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let domain: string;

  const senders = (): Entry[] => [
    { name: "erp", from: [`*@${domain}`], authentication: ["staticIp"], egress: ["198.51.100.7"] },
    { name: "shop", from: [`shop@${domain}`], authentication: ["oauth"], recipientsPerDay: 100 },
  ];
  const configure = (changed: readonly Entry[], more: Readonly<Record<string, unknown>> = {}) =>
    stack.configure({
      ...labConfig(lab.world),
      "m365-smtp-relay:disposable": false,
      "m365-smtp-relay:senders": changed,
      ...more,
    });

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    ({ domain } = lab.world.tenant);
    stack = await fixture.open();
    await configure(senders());
    await stack.up({ skipPreview: true });
  });
  after(() => fixture?.close());

  const review = (
    args: readonly string[],
    { cwd = projectRoot, ...env }: Readonly<Record<string, string>> = {},
  ): Promise<Ended> => runReading(fixture, stack, "scripts/review/main.ts", args, { cwd, env });

  /** Runs pulumi's own command. */
  async function pulumi(...args: string[]): Promise<string> {
    const { pulumiCommand, envVars } = await workspaceEngine();
    const { stdout } = await promisify(execFile)(
      pulumiCommand.command,
      [...args, "--stack", "lab"],
      {
        cwd: fixture.folder,
        env: {
          ...process.env,
          ...envVars,
          ...fixture.env,
          PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
        },
      },
    );
    return stdout.trim();
  }

  const reviewAsJson = async (...args: string[]): Promise<{ ended: Ended; found: StackReview }> => {
    const ended = await review(["--stack", "lab", "--json", "-", ...args]);
    const { stacks } = JSON.parse(ended.stdout) as { stacks: [StackReview] };
    return { ended, found: stacks[0] };
  };

  it("is one line where nothing changes", async () => {
    await configure(senders());
    const { code, stdout } = await review(["--stack", "lab"]);
    assert.equal(stdout, "## What this change means for mail\n\n- `lab`: no change. Risk: none.\n");
    assert.equal(code, 0);
  });

  it("says who may send from where in addition, and writes both files", async () => {
    const [erp, shop] = senders() as [Entry, Entry];
    await configure([{ ...erp, egress: ["198.51.100.7", "198.51.100.99"] }, shop]);
    const [markdown, json] = ["report.md", "report.json"].map((file) => join(fixture.folder, file));
    const args = ["--stack", "lab", "--markdown", markdown ?? "", "--json", json ?? ""];
    const { code, stdout } = await review(args);
    const text = await readFile(markdown ?? "", "utf8");
    assert.equal(text, stdout);
    assert.match(text, /^- `lab`: 1 sender may do more, 1 DNS record changed; nothing stops/m);
    assert.match(text, /`198\.51\.100\.7` → \*\*`198\.51\.100\.7`, `198\.51\.100\.99`\*\*/);
    assert.match(text, /^\+ \S+ TXT v=spf1 .*ip4:198\.51\.100\.99/m);
    const { stacks } = JSON.parse(await readFile(json ?? "", "utf8")) as { stacks: StackReview[] };
    assert.deepEqual(
      stacks.map(({ stack: name, risk }) => [name, risk]),
      [["lab", "look"]],
    );
    assert.equal(code, 0);
  });

  it("is the same for each app that only reads", async () => {
    const args = ["--stack", "lab"];
    const reports = Object.keys(lab.readerEnvs).map((reader) =>
      runReading(fixture, stack, "scripts/review/main.ts", args, { reader }),
    );
    const [first, ...others] = (await Promise.all(reports)).map(({ code, stdout }) => ({
      code,
      report: stdout.replace(/<details>[\s\S]*/, ""),
    }));
    assert.ok(others.length > 0);
    assert.match(first?.report ?? "", /1 sender may do more/);
    for (const other of others) assert.deepEqual(other, first);
  });

  it("refuses a removal without the mark, and names it", async () => {
    await configure(senders().slice(0, 1));
    const { code, stdout } = await review(["--stack", "lab"]);
    assert.match(stdout, /^- `lab`: an up is refused: 1 problem\. Risk: \*\*REFUSED\*\*\.$/m);
    assert.match(stdout, /^- sender "shop": is protected, .* with retire: true/m);
    assert.equal(code, 1);
  });

  it("ends with 3 where a change is dangerous, and with 0 where that is accepted", async () => {
    const [erp, shop] = senders() as [Entry, Entry];
    const domains = [{ name: domain, dmarc: { adopt: true } }];
    const marked = { ...domains[0], retire: true };
    await configure([erp, shop], { "m365-smtp-relay:domains": [marked] });
    await stack.up({ skipPreview: true });
    const off = { ...marked, dkim: { records: "published" } };
    await configure([erp, shop], { "m365-smtp-relay:domains": [off] });
    const { ended, found } = await reviewAsJson();
    assert.deepEqual([ended.code, found.risk], [3, "dangerous"]);
    assert.equal((await review(["--stack", "lab", "--accept", "dangerous"])).code, 0);
    await configure([erp, shop], { "m365-smtp-relay:domains": domains });
    await stack.up({ skipPreview: true });
  });

  it("with --refresh says what was changed by hand, and that an up undoes it", async () => {
    await configure(senders());
    lab.admin("Set-InboundConnector", {
      Identity: "relay-lab-erp",
      SenderIPAddresses: ["198.51.100.7", "198.51.100.200"],
    });
    const without = await reviewAsJson();
    assert.deepEqual(without.found.byHand, []);
    const { found } = await reviewAsJson("--refresh");
    assert.deepEqual(
      found.byHand.map(({ name, changes }) => [name, changes]),
      [["relay-erp-connector", ["SenderIPAddresses has 198.51.100.200 in addition"]]],
    );
    assert.equal(found.headline, "1 change by hand undone; something stops for good for erp");
    lab.admin("Set-InboundConnector", {
      Identity: "relay-lab-erp",
      SenderIPAddresses: ["198.51.100.7"],
    });
  });

  it("repeats no secret: of the state, the configuration, or the environment", async () => {
    const planted = {
      PULUMI_ACCESS_TOKEN: "pul-0123456789abcdef",
      GITHUB_TOKEN: "ghs_0123456789abcdef",
    };
    const [erp, shop] = senders() as [Entry, Entry];
    const config = [
      { ...erp, egress: ["198.51.100.7", "198.51.100.99"] },
      { ...shop, credentialGeneration: 2 },
    ];
    await configure(config);
    const file = join(fixture.folder, "Pulumi.lab.yaml");
    const address = "m365-smtp-relay:senders[0].egress[1]";
    await pulumi("config", "set", "--secret", "--path", address, "198.51.100.99", "--stack", "lab");
    assert.match(await readFile(file, "utf8"), /secure:/);
    const secrets = [
      ...Object.values(planted),
      ...Object.entries({ ...fixture.env, ...lab.readerEnvs["role-group"] })
        .filter(([name]) => /SECRET|TOKEN/.test(name) && !/URL/.test(name))
        .map(([, value]) => value),
      "198.51.100.99",
      await pulumi("stack", "output", "secrets.shop", "--show-secrets", "--stack", "lab"),
    ];
    assert.ok(secrets.every(({ length }) => length > 10));
    const { stdout, stderr } = await review(["--stack", "lab"], planted);
    const asJson = await review(["--stack", "lab", "--json", "-"], planted);
    for (const text of [stdout, stderr, asJson.stdout, asJson.stderr]) {
      for (const secret of secrets) assert.ok(!text.includes(secret), secret);
    }
    assert.match(stdout, /anybody at \\\[secret\\\] may send/);
    assert.match(stdout, /1 secret renewed/);
  });

  it("reviews a stack that has a stack file and was never brought up", async () => {
    const checkout = join(fixture.folder, "checkout");
    await checkOut(checkout);
    const [name = ""] = addDomains(lab, 1);
    const config = {
      ...labConfig(lab.world),
      "m365-smtp-relay:domains": [{ name }],
      "m365-smtp-relay:senders": [
        { name: "app", from: [`app@${name}`], authentication: ["oauth"] },
      ],
    };
    const file = join(checkout, "Pulumi.fresh.yaml");
    await writeFile(file, JSON.stringify({ config }));
    const { code, stdout, stderr } = await review(["--stack", "fresh"], {
      cwd: checkout,
      PULUMI_OPTION_CONFIG_FILE: "",
    });
    assert.match(
      `${stdout}${stderr}`,
      /^- `fresh`: 1 sender added, 1 domain added, 4 DNS records changed; nothing/m,
    );
    assert.deepEqual([code, await readFile(file, "utf8")], [0, JSON.stringify({ config })]);
    assert.doesNotMatch(await pulumi("stack", "ls"), /fresh/);
  });

  it("names a stack, a base and an option that there is not", async () => {
    for (const { args, code, says } of [
      { args: [], code: 2, says: /--stack is missing/ },
      { args: ["--stack", "lab", "--accept", "all"], code: 2, says: /the only value is dangerous/ },
      { args: ["--stack", "prdo"], code: 1, says: /stack "prdo" can't be opened/ },
      {
        args: ["--stack", "lab", "--base", "no-such-commit"],
        code: 1,
        says: /--base: "no-such-commit" is not a commit of this clone; name/,
      },
    ]) {
      const ended = await review(args);
      assert.deepEqual([ended.code, ended.stdout], [code, ""], args.join(" "));
      assert.match(ended.stderr, says);
    }
  });
});
