import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { setSenderKey, withSenderKey, withSenders } from "../../../scripts/stack/edit.ts";

const FILE = `# a comment that stays
config:
  azuread:tenantId: "aaaabbbb-0000-cccc-1111-dddd2222eeee"   # and this one
  m365-smtp-relay:senders:
  - name: crm   # whose it is
    from: [ crm@contoso.com ]
    credentialGeneration:   1 # the first
  - {name: shop, from: [shop@contoso.com]}
  - from:
      - erp@contoso.com
    name: "erp"
`;

const edited = (sender: string, key: string, value: string, text = FILE) =>
  withSenderKey(text, { file: "Pulumi.prod.yaml", sender, key, value });

describe("a sender's key in a stack file", () => {
  it("is changed where it stands, and nothing else is", () => {
    assert.equal(
      edited("crm", "credentialGeneration", "[2]"),
      FILE.replace("  1 # the first", "  [2] # the first"),
    );
  });

  it("is added below the name", () => {
    assert.equal(
      edited("erp", "credentialGeneration", "2"),
      `${FILE}    credentialGeneration: 2\n`,
    );
    const first = edited("crm", "retire", "true");
    assert.match(first, /- name: crm {3}# whose it is\n {4}retire: true\n {4}from: \[ crm@/);
    assert.equal(first.replace("    retire: true\n", ""), FILE);
  });

  it("is added to a sender that is written in one line", () => {
    assert.match(
      edited("shop", "credentialGeneration", "2"),
      /\{name: shop, credentialGeneration: 2, from: \[shop@contoso.com\]\}/,
    );
  });

  it("is added to a file without a last line break, and to one with line breaks of Windows", () => {
    const senders = "config:\n  senders:\n    - name: crm";
    assert.equal(edited("crm", "retire", "true", senders), `${senders}\n      retire: true\n`);
    const windows = `${senders}\n      from: [a@b.example]\n`.replaceAll("\n", "\r\n");
    const added = edited("crm", "retire", "true", windows);
    assert.equal(added.replace("      retire: true\r\n", ""), windows);
  });

  for (const [what, text, words] of [
    ["of a sender that is not there", FILE, /no sender "mail" in it; use one of crm, shop, erp/],
    ["in a file that is no YAML", "config: [", /Pulumi.prod.yaml: can't be read as YAML/],
    [
      "in a file without senders",
      "config: {}\n",
      /the senders are not a list there; write .* as a list in this file, \[\] while it has none/,
    ],
    [
      "of senders in a text",
      "config:\n  senders: '[]'\n",
      /the senders are not a list there; write .* as a list in this file, \[\] while it has none/,
    ],
  ] as const) {
    it(`is not set ${what}`, () => {
      assert.throws(() => edited("mail", "retire", "true", text), words);
    });
  }
});

describe("senders added to a stack file", () => {
  const entries = [
    { comment: "a, b", value: { name: "fax", from: ["*@a.example"], messagesPerDay: 5 } },
    { comment: "", value: { name: "no", signInCertificate: "-----BEGIN\nMII\n" } },
  ];
  const added = (text: string) => withSenders(text, "Pulumi.prod.yaml", entries);
  const lines = (indent: string) =>
    [
      "# a, b",
      "- name: fax",
      '  from: ["*@a.example"]',
      "  messagesPerDay: 5",
      '- name: "no"',
      "  signInCertificate: |",
      "    -----BEGIN",
      "    MII",
    ]
      .map((line) => `${indent}${line}\n`)
      .join("");

  it("stand below those that are there, and nothing else changes", () => {
    assert.equal(added(FILE), `${FILE}${lines("  ")}`);
    const rest = "    # of the last one\n  # of the next key\n  other: 1\n";
    assert.equal(
      added(`${FILE}${rest}`),
      `${FILE}    # of the last one\n${lines("  ")}  # of the next key\n  other: 1\n`,
    );
  });

  it("stand in a list that was empty, and below a last line without an end", () => {
    const senders = "config:\n  m365-smtp-relay:senders:";
    assert.equal(added(`${senders} []\n  other: 1\n`), `${senders}\n${lines("    ")}  other: 1\n`);
    assert.equal(added(`${senders}\n  - {name: a}`), `${senders}\n  - {name: a}\n${lines("  ")}`);
  });

  it("have the line breaks of the file", () => {
    const windows = FILE.replaceAll("\n", "\r\n");
    assert.equal(added(windows), `${windows}${lines("  ").replaceAll("\n", "\r\n")}`);
  });

  for (const [what, text, words] of [
    ["in one line", "config:\n  senders: [{name: a}]\n", /stand in one line; write each of them/],
    [
      "in a text",
      "config:\n  senders: '[]'\n",
      /the senders are not a list there; write .* as a list in this file, \[\] while it has none/,
    ],
  ] as const) {
    it(`are not added to senders ${what}`, () => assert.throws(() => added(text), words));
  }
});

describe("setSenderKey", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "m365-edit-"));
    await writeFile(join(root, "Pulumi.yaml"), "name: m365-smtp-relay\nruntime: nodejs\n");
  });
  after(() => rm(root, { recursive: true, force: true }));

  it("writes the file, and leaves no other one behind", async () => {
    await writeFile(join(root, "Pulumi.prod.yaml"), FILE);
    assert.equal(
      await setSenderKey("prod", "crm", "credentialGeneration", "2", root),
      "Pulumi.prod.yaml",
    );
    const text = await readFile(join(root, "Pulumi.prod.yaml"), "utf8");
    assert.equal(parse(text).config["m365-smtp-relay:senders"][0].credentialGeneration, 2);
    assert.deepEqual(await readdir(root), ["Pulumi.prod.yaml", "Pulumi.yaml"]);
  });

  it("names a file that is not there", async () => {
    await assert.rejects(
      setSenderKey("test", "crm", "retire", "true", root),
      /no stack file Pulumi.test.yaml/,
    );
  });

  it("says that a file can't be read", async () => {
    await mkdir(join(root, "Pulumi.folder.yaml"));
    await assert.rejects(
      setSenderKey("folder", "crm", "retire", "true", root),
      /^Error: Pulumi.folder.yaml can't be read \(EISDIR\); make it readable$/,
    );
  });

  it("says that a file can't be written, and leaves it as it is", async () => {
    const path = join(root, "Pulumi.taken.yaml");
    await writeFile(path, FILE);
    await writeFile(`${path}.${process.pid}.tmp`, "");
    await assert.rejects(
      setSenderKey("taken", "crm", "credentialGeneration", "2", root),
      /^Error: Pulumi.taken.yaml can't be written \(EEXIST\); make the file/,
    );
    assert.equal(await readFile(path, "utf8"), FILE);
  });
});
