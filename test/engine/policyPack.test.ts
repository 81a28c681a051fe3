// The policy pack in policy/ on the engine: it stops what is dangerous before it is made, and shows the rest.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation/index.js";
import * as azuread from "../../components/azuread.ts";
import program from "../../index.ts";
import { GUARDRAILS } from "../../mail/guardrails/guardrails.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { projectRoot } from "../../scripts/setup/root.ts";
import { type Declared, GUARDRAIL_CASES } from "../guardrailCases.ts";
import { type Fixture, openFixture } from "./fixture.ts";

/** The pack as an engine starts it that has no Node language host; with one, it is the folder. */
const PACK = join(projectRoot, "policy/main.mjs");

/** A resource of somebody else's provider, which checks nothing and makes nothing. */
class Foreign extends pulumi.CustomResource {
  constructor({ kind, name, inputs, isProtected = true }: Declared) {
    const __provider = `exports.handler = () => ({
      check: async (olds, inputs) => ({ inputs, failures: [] }),
      diff: async () => ({ changes: false }),
      create: async (outs) => ({ id: "${name}", outs }),
      delete: async () => {},
    });`;
    super(
      `pulumi-nodejs:dynamic/elsewhere:${kind}`,
      name,
      { ...inputs, __provider },
      { protect: isProtected },
    );
  }
}

describe("the policy pack's folder", () => {
  // What Node's language host does with a folder (RunPlugin in pulumi-language-nodejs), which engines here may lack.
  it("is served by the module of @pulumi/pulumi that Node's language host starts", async () => {
    const module = fileURLToPath(
      import.meta.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js"),
    );
    const folder = join(projectRoot, "policy");
    const host = spawn(process.execPath, [module, "127.0.0.1:1", folder], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      // The port is written once the pack is loaded and served.
      const [port] = (await once(createInterface(host.stdout), "line")) as [string];
      assert.match(port, /^\d+$/);
    } finally {
      host.kill();
    }
  });
});

describe("the policy pack", () => {
  let fixture: Fixture;
  let config: string;
  before(async () => {
    fixture = await openFixture();
    config = join(fixture.folder, "policy.json");
    const baseline = GUARDRAILS.filter(({ isOptIn }) => isOptIn).map(({ id }) => [id, "advisory"]);
    await writeFile(config, JSON.stringify(Object.fromEntries(baseline)));
  });
  after(() => fixture?.close());

  type Violation = NonNullable<EngineEvent["policyEvent"]>;

  /** Opens a stack with the pack; what it breaks is put into a list. */
  async function open(
    stack: string,
    declare: PulumiFn,
    policyPack: { path: string; config?: string } = { path: PACK },
  ): Promise<[OpenedStack, Violation[]]> {
    const violations: Violation[] = [];
    const opened = await fixture.open({
      stack,
      program: declare,
      policyPack,
      onEvent: ({ policyEvent }) => policyEvent && violations.push(policyEvent),
    });
    return [opened, violations];
  }
  const writesToGraph = () =>
    fixture.lab.log
      .events({ service: "graph" })
      .map(({ what }) => what)
      .filter((what) => !what.startsWith("GET "));
  const ofCases = (which: "bad" | "good") => async () => {
    const all = GUARDRAIL_CASES.flatMap((one) => one[which]);
    const once = new Map(all.map((one) => [`${one.kind} ${one.name}`, one]));
    for (const one of once.values()) new Foreign(one);
  };

  it("breaks every policy on a bad stack, and stops it where it is dangerous", async () => {
    const [stack, violations] = await open("bad", ofCases("bad"), { path: PACK, config });
    await assert.rejects(stack.preview());
    for (const { breaks, says } of GUARDRAIL_CASES) {
      const messages = violations
        .filter(({ policyName }) => policyName === breaks)
        .map(({ message }) => message.trim().split("\n").at(-1) ?? "");
      assert.ok(
        messages.some((message) => says.test(message)),
        `${breaks}: ${messages.join("\n")}`,
      );
    }
    const levels = violations.map(({ policyName, enforcementLevel }) => [
      policyName,
      enforcementLevel,
    ]);
    const wanted = GUARDRAILS.map(({ id, severity }) => [
      id,
      severity === "dangerous" ? "mandatory" : "advisory",
    ]);
    assert.deepEqual(Object.fromEntries(levels), Object.fromEntries(wanted));
  });

  it("says nothing of the same stack once it is put right", async () => {
    const [stack, violations] = await open("good", ofCases("good"), { path: PACK, config });
    const changes = await stack.preview();
    assert.ok(changes.length > GUARDRAILS.length);
    assert.deepEqual(violations, []);
  });

  it("stops a resource that no preview has seen, before it is made", async () => {
    const [stack, violations] = await open("late", async () => {
      if (pulumi.runtime.isDryRun()) return;
      new azuread.AppRoleAssignment("mailer", {
        appRoleId: "b633e1c5-b582-4048-a93e-9f11b44c7e96",
        principalObjectId: "00000000-0000-4000-8000-000000000002",
        resourceObjectId: "00000000-0000-4000-8000-000000000003",
      });
    });
    const before = writesToGraph();
    await assert.rejects(stack.up());
    assert.deepEqual(
      violations.map(({ policyName }) => policyName),
      ["app-rights"],
    );
    assert.deepEqual(writesToGraph(), before);
    const { resources = [] } = (await stack.exportState()).deployment;
    assert.deepEqual(
      resources.filter(({ type }: { type: string }) => type.startsWith("azuread:")),
      [],
    );
  });

  it("lets the lab's stack through, and shows what its owner has left open", async () => {
    const { cloudflare, tenant } = fixture.lab.world;
    const records = cloudflare.zones.find(({ name }) => name === tenant.domain)?.records ?? [];
    const isNeutral = records.some(({ content }) => content.includes("?all"));
    const [stack, violations] = await open("lab", program);
    assert.deepEqual((await stack.up()).outputs.pending, []);
    assert.deepEqual(await stack.preview(), []);
    const broken = new Set(violations.map(({ policyName }) => policyName));
    assert.deepEqual([...broken], isNeutral ? ["spf-neutral"] : []);
  });
});
