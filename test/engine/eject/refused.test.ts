// What `npm run eject` can't read or write: it says so in a sentence, and writes nothing. EXHAUSTIVE=1 tries every case.
import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { makeRandom } from "../../../lab/src/random.ts";
import { type Fixture, SEED } from "../fixture.ts";
import { classic, eject, openEject } from "./bench.ts";

type Row = readonly [
  args: readonly string[],
  code: number,
  says: RegExp,
  env?: Readonly<Record<string, string>>,
];

describe("npm run eject", () => {
  let fixture: Fixture;
  let used: string;
  let out: string;
  const deaf = { M365_SMTP_RELAY_DNS_SERVER: "127.0.0.1:1" };
  const nowhere = { PULUMI_BACKEND_URL: "file:///nowhere" };

  before(async () => {
    fixture = await openEject();
    await fixture.open({ config: classic(fixture.lab) });
    used = join(fixture.folder, "used");
    out = join(fixture.folder, "new");
    await mkdir(used, { recursive: true });
    await writeFile(join(used, "notes.txt"), "mine");
    await writeFile(join(fixture.folder, "broken.yaml"), "config: [\n");
  });
  after(() => fixture?.close());

  it("says in one sentence what it can't read or write, and writes nothing", async () => {
    const to = (folder: string) => ["--stack", "lab", "--out", folder];
    const broken = { PULUMI_OPTION_CONFIG_FILE: join(fixture.folder, "broken.yaml") };
    const ofNobody = ["--stack", "nobody", "--out", out];
    const rows: readonly Row[] = [
      [[], 2, /^eject: --stack is missing\n/],
      [["--stack", "lab", "--yes"], 2, /^eject: --yes and --confirm belong to --forget\n/],
      [
        [...to(out), "--forget", "--sender", "app"],
        2,
        /^eject: --forget forgets all senders, so --sender can't be used with it\n/,
      ],
      [
        ofNobody,
        1,
        /^eject: there is no stack file Pulumi.nobody.yaml/,
        { PULUMI_OPTION_CONFIG_FILE: "" },
      ],
      [to(out), 1, /^eject: the stack's configuration can't be read: invalid YAML file: /, broken],
      [
        [...to(out), "--sender", "erp"],
        1,
        /^eject: there is no sender "erp" in stack "lab"; use one of app, scanner;/,
      ],
      [to(used), 1, /^eject: the folder .* is not empty; name another one with --out;/],
      [to(join(used, "notes.txt")), 1, /^eject: the folder .* can't be written \(ENOTDIR\);/],
      [
        to(join(fixture.folder, "none", "x")),
        1,
        /^eject: the folder .* can't be written \(ENOENT\);/,
      ],
      [to(join(used, "notes.txt", "x")), 1, /^eject: the folder .* can't be written \(ENOTDIR\);/],
      [to(out), 1, /^eject: DNS did not answer: /, deaf],
    ];
    // A third of them; all, with EXHAUSTIVE=1.
    const first = makeRandom(`${SEED}/eject`).integer(0, 2);
    const tried = rows.filter((_, index) => process.env.EXHAUSTIVE === "1" || index % 3 === first);
    for (const [args, code, says, env] of tried) {
      const ended = await eject(fixture, args, env);
      assert.deepEqual([ended.code, ended.stdout], [code, ""], ended.stderr);
      assert.match(ended.stderr, says);
      if (code === 1) assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
      assert.deepEqual(await readdir(used), ["notes.txt"]);
      await assert.rejects(readdir(out), { code: "ENOENT" });
    }
  });

  it("writes without the backend, and says what the zone files lack", async () => {
    const { code, stderr } = await eject(fixture, ["--stack", "lab", "--out", out], nowhere);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^eject: warning: the zone files lack the DKIM targets: .*nowhere/);
    const [zone = ""] = await readdir(join(out, "zones"));
    assert.match(
      await readFile(join(out, "zones", zone), "utf8"),
      /; selector1\S+ IN CNAME is known once/,
    );
  });

  it("writes the script of one sender without DNS", async () => {
    const alone = join(fixture.folder, "alone");
    const args = ["--stack", "lab", "--out", alone, "--sender", "app"];
    assert.equal((await eject(fixture, args, deaf)).code, 0);
    assert.deepEqual(await readdir(alone), ["relay.ps1"]);
  });
});
