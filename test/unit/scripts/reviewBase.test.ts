import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stringify } from "yaml";
import { sameOnBase } from "../../../scripts/review/base.ts";

const erp = { name: "erp", egress: ["198.51.100.7"] };
const shop = { name: "shop", from: ["shop@contoso.com"] };

describe("sameOnBase", () => {
  const repository = mkdtempSync(join(tmpdir(), "review-base-"));
  const root = join(repository, "mail");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd: root,
      stdio: "ignore",
    });
  const writeStack = (config: unknown) =>
    writeFileSync(join(root, "stacks/Pulumi.prod.yaml"), stringify({ config }));

  before(() => {
    mkdirSync(join(root, "stacks"), { recursive: true });
    writeFileSync(join(root, "Pulumi.yaml"), "name: m365-smtp-relay\nstackConfigDir: stacks\n");
    writeStack({
      "m365-smtp-relay:senders": [erp, shop],
      "m365-smtp-relay:domains": [{ name: "contoso.com" }],
    });
    git("init", "--initial-branch=main");
    git("add", "--all");
    git("commit", "--message=base");
  });
  after(() => rmSync(repository, { recursive: true }));

  it("names the senders and domains whose entries are equal, in a project below its repository", async () => {
    assert.deepEqual(await sameOnBase("prod", "main", root), ["erp", "shop", "contoso.com"]);
    writeStack({
      senders: [{ ...erp, egress: ["203.0.113.9"] }, shop, { name: "new" }],
      "m365-smtp-relay:domains": [{ name: "contoso.com", retire: true }],
    });
    assert.deepEqual(await sameOnBase("prod", "main", root), ["shop"]);
  });

  it("names none of a stack that the base does not have, or whose file can't be read", async () => {
    assert.deepEqual(await sameOnBase("test", "main", root), []);
    writeFileSync(join(root, "stacks/Pulumi.prod.yaml"), "config: [");
    assert.deepEqual(await sameOnBase("prod", "main", root), []);
  });

  it("refuses what is not a commit, and what git would take for an option", async () => {
    for (const base of ["no-such-commit", "--output=/tmp/x", "main:mail/Pulumi.yaml"]) {
      await assert.rejects(sameOnBase("prod", base, root), /is not a commit of this clone; name/);
    }
  });
});
