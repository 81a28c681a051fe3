// The least that a stack like ours can cost, to compare with: the same resources with the same inputs and the same order,
// declared flat as a user would write them by hand, on the same engine and SDK, under providers that do nothing. As there,
// the program asks Cloudflare for the ids of its zones.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getZones } from "@pulumi/cloudflare/getZones.js";
import * as pulumi from "@pulumi/pulumi";
import { type OpenedStack, openStack } from "../../scripts/engine/openStack.ts";
import type { Properties, Property } from "../plugins/properties.ts";
import { type ServedPlugin, servePlugin } from "../plugins/service.ts";
import type { Value } from "../plugins/values.ts";
import { LAB_PASSPHRASE } from "../stack/scene.ts";

/** What we read of a resource in a state. */
interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly provider?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
}

/** A stack whose resources do nothing, and what serves them. */
export interface Floor {
  readonly stack: OpenedStack;
  close(): Promise<void>;
}

/**
 * Opens a stack with the resources of a state.
 *
 * @param folder of the benchmark; the floor's settings go into one below it
 * @param deployment the state
 * @param latency milliseconds that each create, read and delete takes: one request
 */
export async function openFloor(
  folder: string,
  env: Readonly<Record<string, string>>,
  deployment: unknown,
  latency = 0,
): Promise<Floor> {
  const { resources } = deployment as { resources: readonly StateResource[] };
  const declared = resources.filter(({ type }) => !type.startsWith("pulumi:"));
  const custom = declared.filter((one) => one.custom);
  const plugins = await servePlugins(custom, latency);
  // The one for zones stays as it is.
  const served = `${env.PULUMI_DEBUG_PROVIDERS ?? ""}`.split(",").filter(Boolean);
  const ports = [
    ...served.filter((one) => !Object.keys(plugins).some((name) => one.startsWith(`${name}:`))),
    ...Object.entries(plugins).map(([name, { port }]) => `${name}:${port}`),
  ];
  const stack = await openStack({
    stack: "floor",
    folder: join(folder, "floor"),
    config: {},
    env: { ...env, PULUMI_DEBUG_PROVIDERS: ports.join(",") },
    passphrase: LAB_PASSPHRASE,
    program: () => declare(declared, latency),
  });
  return {
    stack,
    async close() {
      await Promise.all(Object.values(plugins).map((plugin) => plugin.close()));
    },
  };
}

/** Declares the resources, none within another; a state lists each after those that it depends on. */
async function declare(resources: readonly StateResource[], latency: number): Promise<void> {
  await getZones({ maxItems: 1_000 });
  const declared = new Map<string, pulumi.CustomResource>();
  for (const { urn, type, custom, inputs = {}, dependencies = [] } of resources) {
    const dependsOn = dependencies.flatMap((one) => declared.get(one) ?? []);
    if (custom) declared.set(urn, new Nothing(type, nameOf(urn), inputs, latency, dependsOn));
    else new EmptyComponent(type, nameOf(urn), {}, { dependsOn });
  }
}

class EmptyComponent extends pulumi.ComponentResource {
  constructor(...args: ConstructorParameters<typeof pulumi.ComponentResource>) {
    super(...args);
    this.registerOutputs();
  }
}

const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** A version for the plugins that do nothing: with one, the engine takes the served plugin. */
const VERSION = "1.0.0";

class Nothing extends pulumi.CustomResource {
  constructor(
    type: string,
    name: string,
    inputs: Readonly<Record<string, unknown>>,
    latency: number,
    dependsOn: pulumi.Resource[],
  ) {
    const __provider = `exports.handler = () => require("./lab/bench/nothing.ts").nothing(${latency});`;
    const plain = Object.fromEntries(
      Object.entries(inputs)
        .filter(([key]) => key !== "__defaults")
        .map(([key, value]) => [key, readable(value)]),
    );
    const isDynamic = type.startsWith("pulumi-nodejs:");
    super(type, name, isDynamic ? { ...plain, __provider } : plain, {
      dependsOn,
      ...(isDynamic ? {} : { version: VERSION }),
    });
  }
}

// How Pulumi marks a value of a state as a secret.
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A value of a state as a program would give it; a secret is as long as it is encrypted. */
function readable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(readable);
  const object = value as Readonly<Record<string, unknown>>;
  if (SIGNATURE in object) return pulumi.secret("x".repeat(`${object.ciphertext ?? ""}`.length));
  return Object.fromEntries(Object.entries(object).map(([key, held]) => [key, readable(held)]));
}

/** Serves a plugin for each package of the resources, in this process as the stand-ins are. */
async function servePlugins(
  custom: readonly StateResource[],
  latency: number,
): Promise<Record<string, ServedPlugin>> {
  const types = Map.groupBy(
    custom.filter(({ type }) => !type.startsWith("pulumi-nodejs:")),
    ({ type }) => type,
  );
  const packages = Map.groupBy(types, ([type]) => type.slice(0, type.indexOf(":")));
  const served = [...packages].map(async ([name, ofPackage]) => {
    const resources = ofPackage.map(([type, all]) => [type, typeOf(all, latency)] as const);
    const plugin = await servePlugin({
      name,
      version: VERSION,
      configure: () => undefined,
      resources: Object.fromEntries(resources),
      functions: {},
    });
    return [name, plugin] as const;
  });
  return Object.fromEntries(await Promise.all(served));
}

/** A type of resource that takes what these resources have, and does nothing. */
function typeOf(all: readonly StateResource[], latency: number) {
  const inputs = all.flatMap(({ inputs: given = {} }) => Object.entries(given));
  const properties: Properties = Object.fromEntries(
    inputs.map(([key, value]): [string, Property] => [key, { type: sortOf(value) }]),
  );
  return {
    properties,
    async create(outputs: Record<string, Value>) {
      await sleep(latency);
      return { id: "nothing", outputs };
    },
    async read(id: string, outputs: Record<string, Value>) {
      await sleep(latency);
      return { id, outputs };
    },
    update: async (_id: string, plan: Record<string, Value>) => plan,
    delete: () => sleep(latency),
  };
}

function sortOf(value: unknown): Property["type"] {
  if (Array.isArray(value)) return "list";
  if (typeof value === "boolean" || typeof value === "number") return typeof value as "boolean";
  return typeof value === "object" && value !== null && !(SIGNATURE in value) ? "map" : "string";
}
