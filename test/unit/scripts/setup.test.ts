// The set-up's parts that need no registry: the lock, the foreground child, which Node will do.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runForeground } from "../../../scripts/setup/foreground.mjs";
import { withLock } from "../../../scripts/setup/lock.mjs";
import { isInstalled } from "../../../scripts/setup/packages.mjs";
import { satisfies } from "../../../scripts/setup/rightNode.mjs";

const folder = mkdtempSync(join(tmpdir(), "setup-"));
after(() => rmSync(folder, { recursive: true }));

describe("the lock", () => {
  it("lets one in at a time, tells the others who is, and leaves nothing", async () => {
    const path = join(folder, "deep", "one.lock");
    const order: string[] = [];
    const holders: unknown[] = [];
    const enter = (name: string) =>
      withLock(
        path,
        (holder) => holders.push(holder),
        async () => {
          order.push(`${name} in`);
          await sleep(20);
          order.push(`${name} out`);
        },
      );
    await Promise.all([enter("a"), enter("b")]);
    assert.deepEqual(order, ["a in", "a out", "b in", "b out"]);
    assert.deepEqual(holders, [process.pid]);
    assert.equal(existsSync(path), false);
  });

  it("takes over from a process that is gone", async () => {
    const gone = spawn(process.execPath, ["--version"], { stdio: "ignore" });
    await once(gone, "exit");
    const path = join(folder, "stale.lock");
    writeFileSync(path, String(gone.pid));
    assert.equal(
      await withLock(
        path,
        () => assert.fail("it waited"),
        async () => "in",
      ),
      "in",
    );
  });

  it("is given back when the work fails", async () => {
    const path = join(folder, "failed.lock");
    const work = () => Promise.reject(new Error("boom"));
    await assert.rejects(
      withLock(path, () => {}, work),
      /boom/,
    );
    assert.equal(existsSync(path), false);
  });
});

describe("a foreground child", () => {
  const run = (code: string) => runForeground(process.execPath, ["-e", code], process.env);

  it("hands back its exit code", async () => {
    assert.equal(await run("process.exit(7)"), 7);
  });

  it("hands back 128 + n when signal n ended it", async () => {
    assert.equal(
      await run("process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 5000)"),
      143,
    );
  });
});

describe("the right Node", () => {
  it("is the least version that engines names, or a newer one", () => {
    assert.equal(satisfies("24.5.0", ">=24.5"), true);
    assert.equal(satisfies("24.21.0", ">=24.5"), true);
    assert.equal(satisfies("26.0.0", ">=24.5"), true);
    assert.equal(satisfies("24.4.9", ">=24.5"), false);
    assert.equal(satisfies("20.20.2", ">=24.5"), false);
  });
});

describe("installed packages", () => {
  const locked = {
    "": { name: "ours" },
    lab: { name: "ours-lab" },
    "node_modules/ours-lab": { resolved: "lab", link: true },
    "node_modules/runs": { version: "1.0.0" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
    "node_modules/tests": { version: "1.0.0", dev: true },
  };
  /** @param installed versions of the packages in node_modules. */
  const isEnough = (installed: Record<string, string>, dev: boolean) => {
    const root = mkdtempSync(join(folder, "packages-"));
    const packages: Record<string, object> = {};
    for (const [name, version] of Object.entries(installed)) {
      packages[`node_modules/${name}`] = { version };
      mkdirSync(join(root, "node_modules", name), { recursive: true });
    }
    mkdirSync(join(root, "node_modules"), { recursive: true });
    writeFileSync(join(root, "package-lock.json"), JSON.stringify({ packages: locked }));
    const hidden = join(root, "node_modules", ".package-lock.json");
    writeFileSync(hidden, JSON.stringify({ packages }));
    return isInstalled(root, dev);
  };

  it("are those of the lock file, in its versions", () => {
    assert.equal(isEnough({ runs: "1.0.0", tests: "1.0.0" }, true), true);
    assert.equal(isEnough({ runs: "1.0.1", tests: "1.0.0" }, true), false);
    assert.equal(isEnough({ tests: "1.0.0" }, true), false);
  });

  it("may lack those for development where they are not needed, and only those", () => {
    assert.equal(isEnough({ runs: "1.0.0" }, true), false);
    assert.equal(isEnough({ runs: "1.0.0" }, false), true);
    assert.equal(isEnough({ tests: "1.0.0" }, false), false);
  });
});
