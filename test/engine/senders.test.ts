// `npm run senders`: the configuration of a client, from what a stack that was brought up says of a sender.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { externalRecipientLimit } from "../../mail/senders/limits.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Fixture, openFixture } from "./fixture.ts";
import { runReading } from "./readingScript.ts";

describe("npm run senders", () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await openFixture();
  });
  after(() => fixture?.close());

  /** Runs it; tells how it ended. */
  function senders(
    ...all: readonly (string | Readonly<Record<string, string>>)[]
  ): Promise<{ code: number; out: string; err: string }> {
    const { folder, env } = fixture;
    const args = all.filter((one) => typeof one === "string");
    const more = all.filter((one) => typeof one !== "string");
    const settings = {
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ["scripts/senders/main.ts", ...args],
        { cwd: projectRoot, env: { ...process.env, ...settings, ...env, ...more[0] } },
        (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  }

  it("says what is missing: an up, a sender, a client that fits; and prints nothing", async () => {
    const config = labConfig(fixture.lab.world) as StackConfig;
    config["m365-smtp-relay:senders"].splice(1);
    config["m365-smtp-relay:waitMinutes"] = 0;
    const [{ name = "" } = {}] = config["m365-smtp-relay:senders"] as { name?: string }[];
    const refused = async (words: RegExp, ...args: string[]) => {
      const { code, out, err } = await senders("--stack", "lab", ...args);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, words);
    };
    const stack = await fixture.open({ config });
    await refused(/^senders: stack "lab" has no outputs of senders yet; run /, "--configure", name);
    await stack.up({ skipPreview: true });
    await refused(/ have no sender "nobody"; use one of /, "--configure", "nobody");
    const proxy = ["--client", "email-oauth2-proxy"];
    await refused(/^senders: email-oauth2-proxy can't send for /, "--configure", name, ...proxy);

    const listed = await senders("--stack", "lab", "--configure", name);
    assert.equal(listed.code, 0, listed.err);
    assert.match(listed.out, /│ msmtp .*│ tested /);
    assert.match(listed.out, /│ exim .*│ not run by us /);
    const printed = await senders(
      "--stack",
      "lab",
      "--configure",
      name,
      "--client",
      "msmtp",
      "--json",
    );
    assert.equal(printed.code, 0, printed.err);
    const { files, tested } = JSON.parse(printed.out) as {
      tested: string;
      files: { path: string; text: string }[];
    };
    assert.equal(tested, "tested");
    assert.match(
      files[0]?.text ?? "",
      new RegExp(`^host ${fixture.lab.world.tenant.mxHost}$`, "m"),
    );
  });

  it("imports 200 printers, once, and a preview of them is one page", async () => {
    const config = labConfig(fixture.lab.world) as StackConfig;
    const [{ name: domain } = {}] = config["m365-smtp-relay:domains"] as { name?: string }[];
    config["m365-smtp-relay:senders"].splice(1);
    const stack = await fixture.open({ config });
    const file = join(fixture.folder, "Pulumi.lab.yaml");
    const rows = Array.from({ length: 200 }, (_, index) => {
      const office = index % 8;
      return `Printer ${office} ${index};scan@${domain};staticIp;203.0.113.${10 + office};device;${20 + index};0,1;TRUE`;
    });
    const table = join(fixture.folder, "printers.csv");
    const head = "Name;From;Authentication;Egress;Runs on;Messages per day;External;Fence";
    await writeFile(table, `\ufeff${[head, ...rows].join("\r\n")}\r\n`);
    const before = await readFile(file, "utf8");
    const from = { PULUMI_OPTION_CONFIG_FILE: file };
    const imported = (...args: string[]) =>
      senders(from, "--stack", "lab", "--import", table, ...args);

    const shown = await imported("--dry-run");
    assert.equal(shown.code, 0, shown.err);
    assert.match(shown.err, /^printers.csv has 200 rows; Exchange tells 8 senders apart$/m);
    assert.equal(await readFile(file, "utf8"), before);
    const done = await imported();
    assert.equal(done.code, 0, done.err);
    const text = await readFile(file, "utf8");
    assert.ok(text.length > before.length);
    const again = await imported("--json");
    assert.deepEqual([again.code, JSON.parse(again.out).added], [0, []], again.err);
    assert.equal(await readFile(file, "utf8"), text);

    const listed = await senders(from, "--stack", "lab", "--sender", "printer-3");
    assert.match(
      listed.out,
      /printer-3 \(25 senders behind one address\), from scan@\S+: connector by/,
    );
    const { config: written } = parse(text) as { config: StackConfig };
    const printed = fixture.output().length;
    await stack.configure(written);
    await stack.preview();
    const page = (fixture.output().slice(printed).split("Outputs:")[0] ?? "").trimEnd().split("\n");
    const told = page.slice(page.findIndex((line) => line.startsWith("Diagnostics:")));
    assert.equal(told.filter((line) => / sender "printer-\d" is new: /.test(line)).length, 8);
    assert.ok(page.length <= 60, `${page.length} lines:\n${page.join("\n")}`);
  });

  it("reads with --tenant what licences are free, and says what to do before an up fails", async () => {
    const { lab } = fixture;
    const config = labConfig(lab.world) as StackConfig;
    const [{ name: domain } = {}] = config["m365-smtp-relay:domains"] as { name?: string }[];
    const plants = ["plant", "mill"].map((name) => ({
      ...{ name, from: [`${name}@${domain}`], authentication: ["password"] },
      license: "EXCHANGESTANDARD",
    }));
    config["m365-smtp-relay:senders"].push(...plants);
    const stack = await fixture.open({ config });
    const sku = lab.world.tenant.skus.find((one) => one.skuPartNumber === "EXCHANGESTANDARD");
    assert.ok(sku);
    const read = async (...args: string[]) => {
      const all = ["--stack", "lab", "--tenant", ...args];
      const { code, stdout, stderr } = await runReading(
        fixture,
        stack,
        "scripts/senders/main.ts",
        all,
      );
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const { licenses, tenant } = JSON.parse(await read("--json"));
    assert.deepEqual(licenses, [
      { sku: "EXCHANGESTANDARD", senders: ["plant", "mill"], assigned: 0, free: sku.enabled },
    ]);
    const paid = lab.world.tenant.skus.reduce((sum, { enabled }) => sum + enabled, 0);
    assert.equal(tenant.value, externalRecipientLimit(paid));

    sku.enabled = 1;
    const words =
      /^licences EXCHANGESTANDARD: 2 needed \(plant, mill\), 0 of them assigned; 1 free\. It has only 1 free licence, but 2 are needed .*: buy 1 more/m;
    assert.match(await read(), words);
    sku.enabled = 2;
    assert.match(await read("--markdown"), /^Licences EXCHANGESTANDARD: .* 2 free\.$/m);
  });

  it("ends with 2 for wrong usage", async () => {
    const wrong = [
      ["--configure", "erp"],
      ["--stack", "lab", "--client", "curl"],
      ["--stack", "lab", "--dry-run"],
      ["--stack", "lab", "--import", "a.csv", "--licenses", "3"],
      ["--stack", "lab", "--configure", "erp", "--markdown"],
      ["--stack", "lab", "--tenant", "--licenses", "3"],
      ["--stack", "lab", "--licenses", "many"],
      ["--stack", "lab", "--configure", "erp", "--client", "outlook"],
    ];
    for (const args of wrong) {
      const { code, out, err } = await senders(...args);
      assert.deepEqual([code, out], [2, ""], err);
    }
  });
});
