// No secret of the lab stands in state, logs, output or process arguments. Each one is searched for.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { filesIn, withFixture } from "./fixture.ts";

/** As a user's engine writes a state. */
const AS_USERS = { passphrase: true };

describe("secrets", () => {
  it("appear nowhere through a whole life cycle", () =>
    withFixture(async ({ lab, folder, open, output }) => {
      const stack = await open();
      const commandLines = watchCommandLines();
      await stack.up();
      lab.admin("Set-InboundConnector", { Identity: "relay-lab-erp", Enabled: false });
      await stack.up({ refresh: true });
      const places = new Map([
        ["state", await filesIn(folder)],
        ["output", output()],
        ["log", JSON.stringify(lab.log.events())],
        ["dump", JSON.stringify(lab.dump())],
        ["process arguments", (await commandLines.stop()).join("\n")],
      ]);
      await stack.destroy();
      places.set("state and history after destroy", await filesIn(folder));

      const secrets = lab.secrets();
      assert.ok(secrets.length >= 5, "a client secret, keys and tokens");
      for (const [place, text] of places) {
        assert.notEqual(text, "", `${place} was read`);
        const found = secrets.filter((secret) => text.includes(secret));
        assert.equal(found.length, 0, `${found.length} of ${secrets.length} secrets in ${place}`);
      }
    }, AS_USERS));

  it("would be found: those that are planted in the state's folder are", () =>
    withFixture(async ({ lab, folder }) => {
      await writeFile(join(folder, "planted.json"), JSON.stringify(lab.env));
      const text = await filesIn(folder);
      assert.equal(lab.secrets().filter((secret) => text.includes(secret)).length, 3);
    }));
});

/** Collects the command lines of this machine's processes while something runs. */
function watchCommandLines(): { stop(): Promise<string[]> } {
  const seen = new Set<string>();
  const look = async () => {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    for (const pid of pids) {
      seen.add(await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => ""));
    }
  };
  const timer = setInterval(() => void look(), 100);
  return {
    async stop() {
      clearInterval(timer);
      await look();
      return [...seen];
    },
  };
}
