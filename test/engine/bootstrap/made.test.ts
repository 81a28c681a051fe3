// `npm run bootstrap` as a process: what it makes, says and writes, and what it takes back.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type BootstrapBench, openBootstrap } from "./bench.ts";

/** A world but for what was deleted, which Entra keeps for 30 days, and what an administrator consented to. */
const withoutDeleted = (world: string): object => {
  const { deletedItems: _, directory, ...others } = JSON.parse(world) as { [key: string]: object };
  return { ...others, directory: { ...directory, permissionGrants: [] } };
};

/** The delegated permissions that the how-to names. */
const CHECKING = ["Application.Read.All", "RoleManagement.Read.Directory"];
const REMOVING = ["Application.ReadWrite.All"];
const MAKING = [...REMOVING, "AppRoleAssignment.ReadWrite.All", "RoleManagement.Read.Directory"];

describe("npm run bootstrap", () => {
  let bench: BootstrapBench;
  before(async () => {
    bench = await openBootstrap();
  });
  after(() => bench?.fixture.close());
  beforeEach(() => bench.back());

  it("makes the apps, is exact, and takes them back", async () => {
    const { lab, folder } = bench.fixture;
    const tokensWith = (scopes: readonly string[]) => {
      lab.world.directory.permissionGrants = [];
      return lab.adminEnv({ scopes });
    };
    const tokens = await tokensWith(CHECKING);
    const run = (args: readonly string[], env: Readonly<Record<string, string>> = tokens) =>
      bench.run(args, env);
    const start = bench.world();
    const unmade = await run(["--stack", "lab", "--check"]);
    assert.equal(unmade.code, 7, unmade.stderr);
    assert.match(unmade.stdout, /MISSING {2}Domain\.Read\.All: read the verified domains/);
    assert.match(unmade.stdout, /! the app "m365-smtp-relay lab read" is not there; npm run/);
    assert.deepEqual(bench.world(), start);

    const certificate = await lab.issueCertificate({
      names: ["deploy.example"],
      issuer: "self-signed",
      key: "rsa",
    });
    await writeFile(join(folder, "deploy.pem"), certificate.chain);
    await writeFile(join(folder, "deploy-key.pem"), certificate.key + certificate.chain);
    const github = ["--github", "contoso/relay"];
    const making = ["--stack", "lab", "--yes", ...github, "--certificate", "deploy=deploy.pem"];
    const made = await run(making, await tokensWith(MAKING));
    assert.equal(made.code, 0, made.stderr);
    assert.match(
      made.stderr,
      /create the role group .*\n {2}why: {2}.*Remote and Accepted.*\n {2}undo: npm run bootstrap/,
    );
    const example = await readFile(join(folder, "relay.env.example"), "utf8");
    const [, clientId = ""] = /^ARM_CLIENT_ID=(\S+)$/m.exec(example) ?? [];
    assert.match(
      made.stdout,
      new RegExp(`gh variable set DEPLOY_CLIENT_ID --env lab --body ${clientId}`),
    );
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

    const removed = await run(["--stack", "lab", "--remove", "--yes"], await tokensWith(REMOVING));
    assert.equal(removed.code, 0, removed.stderr);
    assert.deepEqual(withoutDeleted(bench.world()), withoutDeleted(start));
  });
});
