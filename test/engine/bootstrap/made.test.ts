// `npm run bootstrap` as a process: its exit codes, what it says and writes, and what bad input changes: nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { promisify } from "node:util";
import { makeRandom } from "../../lab/src/random.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { configIn } from "../unit/bootstrap/scene.ts";
import { SENDERS } from "../unit/mail/rights/stacks.ts";
import { type Fixture, openFixture, SEED } from "./fixture.ts";
import type { Ended } from "./readingScript.ts";

/** A world but for what was deleted, which Entra keeps for 30 days. */
const withoutDeleted = (world: string): object => {
  const { deletedItems: _, ...others } = JSON.parse(world) as Record<string, unknown>;
  return others;
};

describe("npm run bootstrap", () => {
  let fixture: Fixture;
  let stack: OpenedStack;
  let back: () => Promise<void>;
  let tokens: Record<string, string>;
  before(async () => {
    fixture = await openFixture();
    const more = {
      "m365-smtp-relay:domains": [{ name: "contoso.com", dns: { host: "external" } }],
    };
    const config = configIn(fixture.lab, [SENDERS.connector], more);
    stack = await fixture.open({ config });
    tokens = await fixture.lab.adminEnv();
    back = await fixture.snapshot();
  });
  after(() => fixture.close());
  beforeEach(() => back());

  async function run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = tokens,
  ): Promise<Ended> {
    const { ARM_CLIENT_ID: _, ARM_CLIENT_SECRET: __, ...lab } = fixture.env;
    const options = {
      cwd: fixture.folder,
      env: {
        ...process.env,
        ...lab,
        PULUMI_BACKEND_URL: `file://${stack.stateFolder}`,
        PULUMI_CONFIG_PASSPHRASE: "test",
        PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "Pulumi.lab.yaml"),
        ...env,
      },
    };
    const script = join(projectRoot, "scripts/bootstrap/main.ts");
    const ended = promisify(execFile)(process.execPath, [script, ...args], options);
    // Its standard input is no terminal.
    ended.child.stdin?.end();
    return ended.then(
      (output) => ({ code: 0, ...output }),
      (error: Ended) => error,
    );
  }

  it("makes the apps, is exact, and takes them back", async () => {
    const { lab, folder } = fixture;
    const start = comparableWorld(lab);
    const unmade = await run(["--stack", "lab", "--check"]);
    assert.equal(unmade.code, 7, unmade.stderr);
    assert.match(unmade.stdout, /MISSING {2}Domain\.Read\.All: read the verified domains/);
    assert.match(unmade.stdout, /! the app "m365-smtp-relay lab read" is not there; npm run/);
    assert.deepEqual(comparableWorld(lab), start);

    const certificate = await lab.issueCertificate({
      names: ["deploy.example"],
      issuer: "self-signed",
      key: "rsa",
    });
    await writeFile(join(folder, "deploy.pem"), certificate.chain);
    await writeFile(join(folder, "deploy-key.pem"), certificate.key + certificate.chain);
    const github = ["--github", "contoso/relay"];
    const making = ["--stack", "lab", "--yes", ...github, "--certificate", "deploy=deploy.pem"];
    const made = await run(making);
    assert.equal(made.code, 0, made.stderr);
    assert.match(
      made.stderr,
      /create the role group .*\n {2}why: {2}.*Remote and Accepted.*\n {2}undo: npm run bootstrap/,
    );
    const example = await readFile(join(folder, "relay.env.example"), "utf8");
    const [, clientId = ""] = /^ARM_CLIENT_ID=(\S+)$/m.exec(example) ?? [];
    assert.match(made.stdout, new RegExp(`gh variable set DEPLOY_CLIENT_ID --body ${clientId}`));
    assert.doesNotMatch(example, /CLOUDFLARE/);
    for (const secret of [...lab.secrets(), certificate.key]) {
      for (const text of [example, made.stdout, made.stderr]) assert.ok(!text.includes(secret));
    }

    const identity = {
      ...tokens,
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_CERTIFICATE_PATH: join(folder, "deploy-key.pem"),
    };
    const checked = await run(["--stack", "lab", "--check", "--json"], identity);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
    const { apps } = JSON.parse(checked.stdout);
    const shown = Object.fromEntries(
      apps[0].rights.map(({ name, shown }: { name: string; shown: string }) => [name, shown]),
    );
    assert.deepEqual(
      Object.values(shown),
      Object.keys(shown).map(() => "called"),
    );

    lab.admin("New-ManagementRoleAssignment", {
      SecurityGroup: "m365-smtp-relay lab deploy",
      Role: "Mail Recipients",
    });
    const broad = await run(["--stack", "lab", "--check"]);
    assert.equal(broad.code, 7);
    assert.match(broad.stdout, /TOO MUCH Mail Recipients, which the stack does not need/);

    const removed = await run(["--stack", "lab", "--remove", "--yes"]);
    assert.equal(removed.code, 0, removed.stderr);
    assert.deepEqual(withoutDeleted(comparableWorld(lab)), withoutDeleted(start));
  });

  const badInputs = [
    [
      "nobody to sign in",
      ["--stack", "lab", "--yes"],
      () => ({}),
      2,
      /^bootstrap: nobody can sign in here; export access tokens/,
    ],
    ["nobody to ask", ["--stack", "lab"], () => tokens, 2, /add --yes$/],
    [
      "no such stack file",
      ["--stack", "nowhere", "--yes"],
      () => ({ ...tokens, PULUMI_OPTION_CONFIG_FILE: "" }),
      1,
      /^bootstrap: there is no stack file Pulumi\.nowhere\.yaml/,
    ],
    [
      "two modes",
      ["--stack", "lab", "--check", "--remove"],
      () => tokens,
      2,
      /^bootstrap: --check, --remove and --adopt exclude each other/,
    ],
    ["no stack", ["--yes"], () => tokens, 2, /^bootstrap: --stack is missing/],
    [
      "a repository that is none",
      ["--stack", "lab", "--github", "relay"],
      () => tokens,
      2,
      /^bootstrap: --github: "relay" can't be read; write owner\/repository/,
    ],
    [
      "a certificate that is not there",
      ["--stack", "lab", "--certificate", "read=no.pem"],
      () => tokens,
      1,
      /^bootstrap: --certificate: "no\.pem" can't be read \(ENOENT\); name a file$/,
    ],
    [
      "a token that is none",
      ["--stack", "lab", "--yes"],
      () => ({ ...tokens, M365_SMTP_RELAY_GRAPH_TOKEN: "x" }),
      1,
      /M365_SMTP_RELAY_GRAPH_TOKEN: is not an access token/,
    ],
    [
      "tokens of a person without a role",
      ["--stack", "lab", "--yes"],
      () => plain(),
      1,
      /Insufficient privileges.*sign in as somebody with the directory role Cloud Application Administrator/,
    ],
  ] as const;
  const random = makeRandom(`${SEED}/bootstrap`);
  const chosen =
    process.env.EXHAUSTIVE === "1" ? badInputs : [random.pick(badInputs), random.pick(badInputs)];
  for (const [title, args, env, code, words] of new Set(chosen)) {
    it(`changes nothing and says why in a sentence: ${title}`, async () => {
      const given = await env();
      const start = comparableWorld(fixture.lab);
      const ended = await run(args, given);
      assert.equal(ended.code, code, ended.stderr);
      const said = ended.stderr
        .split("\n")
        .filter((line) => !/signed in to tenant|^ {2}|^bootstrap: create the app/.test(line));
      assert.match(said.find((line) => words.test(line)) ?? ended.stderr, words);
      assert.doesNotMatch(ended.stderr, /^\s+at /m);
      assert.deepEqual(comparableWorld(fixture.lab), start);
    });
  }

  const plain = () =>
    fixture.lab.adminEnv({ who: fixture.lab.world.people.user, scopes: ["User.Read"] });
});
