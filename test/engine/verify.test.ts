// `npm run verify` as a command: what it prints of a message, how it ends, and that it writes nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import * as auto from "@pulumi/pulumi/automation/index.js";
import { workspaceEngine } from "../../scripts/engine/find.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { STACK_FILE } from "../stackFile.ts";

describe("verify", () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  const file = (name: string) => join(folder, name);
  const sample = (name: string) => join(projectRoot, "test/message/samples", `${name}.eml`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-test-verify-"));
    await mkdir(file("state"));
    await writeFile(file("Pulumi.prod.yaml"), STACK_FILE);
    env = {
      PULUMI_BACKEND_URL: `file://${file("state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_OPTION_CONFIG_FILE: file("Pulumi.prod.yaml"),
    };
    const { pulumiCommand, envVars } = await workspaceEngine();
    const workspace = await auto.LocalWorkspace.create({
      workDir: folder,
      projectSettings: { name: "m365-smtp-relay", runtime: "nodejs" },
      pulumiCommand,
      envVars: { ...envVars, ...env } as Record<string, string>,
    });
    await workspace.createStack("prod");
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** How the command ends, given something on its standard input. */
  const verify = (args: readonly string[], input = "") =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const path = join(projectRoot, "scripts/verify/main.ts");
      const options = { cwd: projectRoot, env: { ...process.env, ...env } };
      const child = execFile(process.execPath, [path, ...args], options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode, stdout, stderr }),
      );
      // It may end before it has read all.
      child.stdin?.on("error", () => {}).end(input);
    });

  it("is green for a message that passes, and writes nothing", async () => {
    const stackFile = await readFile(file("Pulumi.prod.yaml"), "utf8");
    const text = await readFile(sample("gmail-relayed"), "utf8");
    await writeFile(file("direct.eml"), text.replace(/ARC-Seal:[\s\S]*?b=aaaa\n/, ""));
    const args = ["--stack", "prod", "--headers", file("direct.eml"), "--folder", "inbox"];
    const { code, stdout, stderr } = await verify(args);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^sender erp\n/);
    assert.equal(stdout.match(/^pass {5}\w+: /gm)?.length, 10);
    assert.match(stdout, /\n\n1 of 1 message passed\n$/);
    assert.equal(await readFile(file("Pulumi.prod.yaml"), "utf8"), stackFile);
  });

  it("ends with 7 for what fails or is unknown, and names the resource", async () => {
    const args = ["--stack", "prod", "--headers", sample("gmail-relay-pool"), "--sender", "erp"];
    const { code, stdout } = await verify([...args, "--json"]);
    assert.equal(code, 7);
    const { stack, verifications } = JSON.parse(stdout);
    const [{ sender, message, judged }] = verifications;
    assert.deepEqual([stack, sender, message], ["prod", "erp", undefined]);
    const found = judged.find(({ check }: { check: string }) => check === "pool");
    assert.deepEqual([found.outcome, found.resource], ["fail", "relay-contoso.com"]);
  });

  it("reads standard input, in UTF-16 too, and shows no escape sequence", async () => {
    const forged =
      "Authentication-Results: mx.example.com; spf=fail smtp.mailfrom=\u001b[2Jcontoso.com\n";
    const received = "Received: from a (a [203.0.113.1]) by mx.example.com with ESMTP; x\n";
    const text = `\ufeff${forged}${received}From: erp@contoso.com\n`;
    const args = ["--stack", "prod", "--headers", "-"];
    const { code, stdout } = await verify(args, text);
    assert.equal(code, 7);
    assert.ok(!stdout.includes("\u001b") && stdout.includes("\\u{1b}"));
    await writeFile(file("utf16.txt"), text, "utf16le");
    const other = await verify(["--stack", "prod", "--headers", file("utf16.txt")]);
    assert.deepEqual([other.code, other.stdout], [7, stdout]);
  });

  it("reads the header of a large message, and refuses 100 MB of headers and what is none", async () => {
    await writeFile(file("large.eml"), `${await readFile(sample("gmail-relayed"), "utf8")}\n`);
    await truncate(file("large.eml"), 100_000_000);
    assert.equal((await verify(["--stack", "prod", "--headers", file("large.eml")])).code, 7);
    await writeFile(file("endless.eml"), "X-Long: ");
    await truncate(file("endless.eml"), 100_000_000);
    await writeFile(file("empty.eml"), "hello\n");
    for (const [name, said] of [
      ["endless.eml", /more than 1024 KiB of headers/],
      ["empty.eml", /has no header field/],
      ["missing.eml", /^verify: --headers \S+ can't be read \(ENOENT\); name a file/],
    ] as const) {
      const { code, stdout, stderr } = await verify(["--stack", "prod", "--headers", file(name)]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, said);
    }
  });

  it("writes reports that only their owner may read, in place of what is there", async () => {
    await writeFile(file("report.xml"), "old", { mode: 0o644 });
    const args = ["--stack", "prod", "--headers", sample("gmail-relay-pool"), "--sender", "erp"];
    const { code, stdout, stderr } = await verify([
      ...args,
      ...["--junit", file("report.xml"), "--markdown", "-", "--html", file("report.html")],
    ]);
    assert.deepEqual([code, stderr], [7, ""]);
    assert.match(
      stdout,
      /^## Test messages of stack `prod`\n[\s\S]*Sending pool \(`relay-contoso\.com`\)/,
    );
    assert.match(await readFile(file("report.xml"), "utf8"), /<failure type="relay-contoso\.com"/);
    assert.match(await readFile(file("report.html"), "utf8"), /<code>relay-contoso\.com<\/code>/);
    for (const name of ["report.xml", "report.html"]) {
      assert.equal((await stat(file(name))).mode & 0o777, 0o600);
    }
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("says which report could not be written, loses no result, and writes the others", async () => {
    const long = file("a".repeat(255));
    await writeFile(file("target.xml"), "old");
    await symlink(file("target.xml"), file("link.xml"));
    const args = ["--stack", "prod", "--headers", sample("gmail-relay-pool"), "--sender", "erp"];
    const files = ["--html", long, "--junit", file("link.xml")];
    const { code, stdout, stderr } = await verify([...args, "--json", ...files]);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).verifications.length, 1);
    assert.equal(stderr, `verify: ${long} can't be written (ENAMETOOLONG); name another file\n`);
    assert.match(await readFile(file("target.xml"), "utf8"), /<testsuites /);
    assert.equal((await lstat(file("link.xml"))).isSymbolicLink(), true);
  });

  it("refuses files that a report can't be written into before anything else, and writes nothing", async () => {
    const before = await readdir(folder);
    const args = ["--stack", "prod", "--headers", sample("gmail-relayed")];
    for (const [wrong, said] of [
      [["--junit", "-"], /only --markdown writes to stdout/],
      [["--json", "--markdown", "-"], /both write to stdout/],
      [["--junit", file("a"), "--markdown", file("a")], /name the same file/],
      [["--junit", folder], /is a folder; name a file/],
      [["--markdown", file("missing/a.md")], /there is no folder .*missing; make it, or/],
      [["--html", "/dev/null"], /\/dev\/null is a device; name a file/],
    ] as const) {
      const { code, stdout, stderr } = await verify([...args, ...wrong]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, said);
    }
    assert.deepEqual(await readdir(folder), before);
  });

  it("refuses a message of nobody's, and wrong usage", async () => {
    const args = ["--stack", "prod", "--headers", "-"];
    const stranger = await verify(args, "From: a@fabrikam.com\n");
    assert.equal(stranger.code, 1);
    assert.match(
      stranger.stderr,
      /From a@fabrikam\.com, which no sender of stack "prod" sends from/,
    );
    const sending = ["--stack", "prod", "--to", "me@example.com"];
    for (const wrong of [
      ...[[], ["--stack", "prod"], [...args, "--folder", "x"], [...args, "--x"]],
      ...[
        [...args, ...sending.slice(2)],
        [...sending, "--folder", "inbox"],
      ],
      ...[
        ["--stack", "prod", "--to", "me"],
        ["--stack", "prod", "--to", "me@bücher.example"],
        ["--stack", "prod", "--to", "m\u0007e@example.com"],
        ["--stack", "prod", "--to", `${"m".repeat(65)}@example.com`],
        [...sending, "--wait", "soon"],
      ],
      ...[
        [...sending, "--id", "x@y", "--sender", "erp"],
        [...sending, "--id", "<x@y>"],
      ],
      ...[
        [...sending, "--imap", "a b"],
        [...sending, "--imap", "imap.example.com"],
      ],
      [...sending, "--imap", "imap.example.com", "--imap-user", "me"],
    ]) {
      assert.equal((await verify(wrong)).code, 2, wrong.join(" "));
    }
    const early = await verify(sending);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /^verify: stack "prod" has no output of sender "\w+" yet; run /);
  });
});
