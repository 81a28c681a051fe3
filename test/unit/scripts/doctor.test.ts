// What `npm run doctor` prints of replies, bounces and logs of any size, and its exit codes.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { projectRoot } from "../../../scripts/setup/root.ts";

const REPLY = "550 5.7.64 TenantAttribution; Relay Access Denied [HOST.prod.outlook.com]";

const doctor = (args: readonly string[], input: string | Buffer = "") => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/doctor/main.ts", ...args],
    { cwd: projectRoot, input, encoding: "utf8", maxBuffer: 1024 * 1024 },
  );
  return { status, stdout, stderr };
};

describe("npm run doctor", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-doctor-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("explains a reply, and ends with 0", () => {
    const { status, stdout, stderr } = doctor(["--reply", REPLY]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(
      stdout,
      /^550 5\.7\.64 TenantAttribution; Relay Access Denied\n {2}said by HOST\.prod\.outlook\.com\n {2}Class: permanent/,
    );
    assert.match(stdout, /Causes, the most likely first:\n {4}1\. .+\n {7}Do: .+/);
    assert.match(stdout, /Source: https:\/\/learn\.microsoft\.com\//);
  });

  it("says of a reply that it is not known, and ends with 1", () => {
    const { status, stdout } = doctor(["--reply", "599 5.9.9 no"]);
    assert.equal(status, 1);
    assert.match(stdout, /Meaning: not known/);
    assert.doesNotMatch(stdout, /Do:|Source:/);
  });

  it("reads standard input", () => {
    const { status, stdout } = doctor(["--reply", "-", "--json"], `\n< ${REPLY}\r\n`);
    const { replies, isCut } = JSON.parse(stdout);
    assert.deepEqual([status, isCut, replies.length], [0, false, 1]);
    const { code, enhanced, host, name, line, form } = replies[0];
    assert.deepEqual(
      { code, enhanced, host, name, line, form },
      {
        ...{ code: 550, enhanced: "5.7.64", host: "HOST.prod.outlook.com" },
        name: "relay-denied",
        line: 2,
        form: "curl",
      },
    );
  });

  it("ends with 2 for wrong usage", () => {
    for (const args of [
      [],
      ["--reply", "x", "--reply-file", "y"],
      ["--reply", "x", "--sender", "s"],
      ["--reply", " "],
      ["--replies"],
    ]) {
      const { status, stdout, stderr } = doctor(args);
      assert.deepEqual([status, stdout], [2, ""], args.join(" "));
      assert.match(stderr, /^doctor: /);
    }
  });

  it("says which option takes a file", () => {
    const { status, stdout, stderr } = doctor(["--reply", "package.json"]);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(
      stderr,
      /^doctor: --reply takes the words of a reply, and package\.json is a file/,
    );
  });

  it("ends with 1 for a file that can't be read", () => {
    const { status, stderr } = doctor(["--reply-file", join(folder, "none")]);
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^doctor: --reply-file \S+ can't be read \(ENOENT\); name a bounce or a log/,
    );
  });

  it("reads the end of a log of 100 MB, and says so", async () => {
    const file = join(folder, "log");
    await writeFile(file, `a said: ${REPLY.replace("5.7.64", "5.7.51")})\n`);
    await truncate(file, 100 * 1024 * 1024);
    await writeFile(file, `\nb said: ${REPLY})\n`, { flag: "a" });
    const { status, stdout, stderr } = doctor(["--reply-file", file, "--json"]);
    assert.match(stderr, /^doctor: only 8 MB were read/);
    const { isCut, replies } = JSON.parse(stdout);
    assert.deepEqual(
      [status, isCut, replies.map(({ name }: { name: string }) => name)],
      [0, true, ["relay-denied"]],
    );
    assert.ok(stdout.length < 10_000, `${stdout.length}`);
  });

  it("reads the beginning of a stream without an end", () => {
    const { status, stdout, stderr } = doctor(["--reply-file", "/dev/zero"]);
    assert.equal(status, 1);
    assert.match(stderr, /only 8 MB were read/);
    assert.ok(stdout.length < 1000, `${stdout.length}`);
  });

  it("prints no character that a terminal acts on", () => {
    const { stdout } = doctor(
      ["--reply", "-"],
      `550 5.7.64 \u001b]0;x\u0007 Tenant\u009b31m\u202e\n[E\u0007.prod.outlook.com]`,
    );
    assert.doesNotMatch(stdout, /(?!\n)[\p{Cc}\p{Cf}]/u);
    assert.match(stdout, /\?\]0;x\? Tenant\?31m\?/);
  });
});
