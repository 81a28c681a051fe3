// How an engine is judged and described. That it builds and runs is for the engine tests.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, afterEach, describe, it } from "node:test";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { writeLauncher } from "../../../scripts/engine/build.ts";
import {
  describeEngine,
  engineEnv,
  moduleVersion,
  sdkVersion,
} from "../../../scripts/engine/engine.ts";
import { fromPath } from "../../../scripts/engine/find.ts";
import {
  Cancelled,
  changesOf,
  EngineFailure,
  runOperation,
  wordsOf,
} from "../../../scripts/engine/operation.ts";

const folder = mkdtempSync(join(tmpdir(), "engine-"));
after(() => rmSync(folder, { recursive: true }));

function fakePulumi(name: string, script: string): string {
  const binFolder = join(folder, name);
  mkdirSync(binFolder);
  const path = join(binFolder, "pulumi");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("wordsOf", () => {
  it("gives what the engine says, and no credential of it", () => {
    const url = "postgres://relay:hunter2secret@db.example/state";
    const cause = new Error(`code: 255\nerror: could not open ${url}: no route\n stderr: more`);
    assert.equal(wordsOf(cause), "could not open (not shown) no route");
  });
});

describe("versions", () => {
  it("of the SDK and of the Go module are of one minor version", () => {
    assert.equal(moduleVersion().split(".", 2).join("."), sdkVersion().split(".", 2).join("."));
  });
});

describe("changes", () => {
  it("name the inputs that differ, and not what a plugin notes beside them", () => {
    const states = { old: { subject: "one", issuer: "x" }, new: { subject: "two", issuer: "x" } };
    const metadata = {
      op: "update",
      urn: "urn:pulumi:lab::m365-smtp-relay::azuread:index/application:Application::app",
      type: "azuread:index/application:Application",
      old: { inputs: states.old },
      new: { inputs: { ...states.new, __defaults: [] } },
    };
    const event = { resourcePreEvent: { metadata } } as unknown as EngineEvent;
    assert.deepEqual(changesOf([event]), [
      { name: "app", type: "Application", op: "update", properties: ["subject"] },
    ]);
  });
});

describe("an operation", () => {
  /** Ends as the engine does whose program is refused, or that is interrupted; a signal comes while it runs. */
  const failing = (message: string, signal?: "SIGINT" | "SIGTERM") =>
    runOperation(
      async ({ onEvent, onOutput }) => {
        if (signal !== undefined) process.emit(signal);
        onOutput("^C received");
        onEvent({ diagnosticEvent: { severity: "error", message } } as EngineEvent);
        throw new Error("code: 255");
      },
      () => {},
    );

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`that ${signal} ends is cancelled, which is no failure of its stack, and hears no more signals`, async () => {
      await assert.rejects(failing("preview canceled", signal), Cancelled);
      await assert.rejects(failing("it is refused"), EngineFailure);
      assert.equal(process.listenerCount(signal), 0);
    });
  }
});

describe("the engine on PATH", () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });
  const search = (pulumi: string) => {
    process.env.PATH = dirname(pulumi);
    return fromPath();
  };

  it("is used if it is new enough", async () => {
    const pulumi = fakePulumi("new", "echo v3.300.1");
    assert.deepEqual(await search(pulumi), {
      kind: "found",
      pulumi,
      binFolder: dirname(pulumi),
      version: "3.300.1",
      from: "PATH",
      languageHost: false,
    });
  });

  it("is refused if it is too old or can't say its version", async () => {
    for (const [name, script, reason] of [
      [
        "old",
        "echo v3.100.0",
        /old\/pulumi is version 3\.100\.0, but 3\.250\.0 or newer is needed/,
      ],
      ["broken", "exit 3", /broken\/pulumi can't be run/],
      ["odd", "echo hello", /"hello"/],
    ] as const) {
      const result = await search(fakePulumi(name, script));
      assert.ok(result.kind === "missing");
      assert.match(result.reason, reason);
    }
  });

  it("may not be there", async () => {
    assert.deepEqual(await search("/nowhere/pulumi"), {
      kind: "missing",
      reason: "no `pulumi` on PATH",
    });
  });
});

describe("the engine's environment", () => {
  it("puts the engine and this Node first on PATH, asks nobody for updates, and lets plugins be fetched", () => {
    const pulumi = fakePulumi("env", "echo v3.300.1");
    const node = dirname(process.execPath);
    const first = (from: "PATH" | "cache") =>
      engineEnv(describeEngine(pulumi, "3.300.1", from))
        .PATH?.split(delimiter)
        .slice(0, 2);
    assert.deepEqual(first("cache"), [dirname(pulumi), node]);
    assert.deepEqual(first("PATH"), [node, dirname(pulumi)]);
    const env = engineEnv(describeEngine(pulumi, "3.300.1", "cache"));
    assert.equal(env.PULUMI_SKIP_UPDATE_CHECK, "true");
    assert.equal("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" in env, false);
  });
});

describe("the launcher", () => {
  it("starts the module that a release of the engine starts for dynamic providers", () => {
    writeLauncher(folder);
    const module = "@pulumi/pulumi/cmd/dynamic-provider";
    const script = readFileSync(join(folder, "pulumi-resource-pulumi-nodejs"), "utf8");
    assert.match(script, new RegExp(`"${module}"`));
    assert.ok(import.meta.resolve(module));
  });
});
