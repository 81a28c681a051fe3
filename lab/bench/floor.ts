// The least that a program like ours can cost, to compare with: the same SDK on the same engine, as many resources of
// each sort, none of which does anything.
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type OpenedStack, openStack } from "../../scripts/engine/openStack.ts";
import { type ServedPlugin, servePlugin } from "../plugins/service.ts";
import { LAB_PASSPHRASE } from "../stack/scene.ts";

/** How many resources of each sort a stack has. */
interface Sorts {
  readonly components: number;
  /** Of our dynamic providers. */
  readonly dynamic: number;
  /** Of plugins. */
  readonly plugin: number;
}

/** The resources of a state, by sort. */
function sortsOf(deployment: unknown): Sorts {
  const { resources } = deployment as { resources: { type: string; custom: boolean }[] };
  const ours = resources.filter(({ type }) => !type.startsWith("pulumi:"));
  const dynamic = ours.filter(({ type }) => type.startsWith("pulumi-nodejs:")).length;
  const components = ours.filter(({ custom }) => !custom).length;
  return { components, dynamic, plugin: ours.length - components - dynamic };
}

/** A stack whose resources do nothing, and what serves them. */
export interface Floor {
  readonly stack: OpenedStack;
  close(): Promise<void>;
}

/**
 * Brings up a stack with as many resources of each sort as a state has.
 *
 * @param folder of the benchmark; the floor's settings go into one below it
 * @param deployment the state
 */
export async function openFloor(
  folder: string,
  env: Readonly<Record<string, string>>,
  deployment: unknown,
): Promise<Floor> {
  const nothing = await serveNothing();
  const stack = await openStack({
    stack: "floor",
    folder: join(folder, "floor"),
    config: {},
    env: { ...env, PULUMI_DEBUG_PROVIDERS: `nothing:${nothing.port}` },
    passphrase: LAB_PASSPHRASE,
    program: floorProgram(sortsOf(deployment)),
  });
  await stack.up();
  return { stack, close: () => nothing.close() };
}

/** Resources of a plugin are served by `serveNothing`. */
function floorProgram({ components, dynamic, plugin }: Sorts): () => Promise<void> {
  return async () => {
    const parents = Array.from({ length: components }, (_, index) => new Component(`${index}`));
    const under = (index: number) => {
      const parent = parents[index % components];
      return parent === undefined ? {} : { parent };
    };
    for (let index = 0; index < dynamic; index++) new Nothing(`nothing-${index}`, under(index));
    for (let index = 0; index < plugin; index++) new OfPlugin(`plugin-${index}`, under(index));
  };
}

class Component extends pulumi.ComponentResource {
  constructor(name: string) {
    super("m365-smtp-relay:bench:Floor", name);
    this.registerOutputs({});
  }
}

class Nothing extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    const __provider = 'exports.handler = () => require("./lab/bench/nothing.ts");';
    super("pulumi-nodejs:dynamic/bench:Nothing", name, { __provider }, opts);
  }
}

class OfPlugin extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    super("nothing:index:Nothing", name, {}, { ...opts, version: "1.0.0" });
  }
}

/** Serves a plugin whose one resource type does nothing, as the stand-ins are served: in this process. */
function serveNothing(): Promise<ServedPlugin> {
  return servePlugin({
    name: "nothing",
    version: "1.0.0",
    configure: () => undefined,
    resources: {
      "nothing:index:Nothing": {
        properties: {},
        create: async () => ({ id: "nothing", outputs: {} }),
        read: async (id) => ({ id, outputs: {} }),
        update: async () => ({}),
        delete: async () => {},
      },
    },
    functions: {},
  });
}
