// `npm run senders`: the configuration of a client, from what a stack that was brought up says of a sender.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type Fixture, openFixture } from "./fixture.ts";

describe("npm run senders", () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await openFixture();
  });
  after(() => fixture?.close());

  /** Runs it; tells how it ended. */
  function senders(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const { folder, env } = fixture;
    const settings = {
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ["scripts/senders/main.ts", ...args],
        { cwd: projectRoot, env: { ...process.env, ...settings, ...env } },
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

  it("ends with 2 for wrong usage", async () => {
    const wrong = [
      ["--configure", "erp"],
      ["--stack", "lab"],
      ["--stack", "lab", "--configure", "erp", "--client", "outlook"],
    ];
    for (const args of wrong) {
      const { code, out, err } = await senders(...args);
      assert.deepEqual([code, out], [2, ""], err);
    }
  });
});
