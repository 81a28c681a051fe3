import * as pulumi from "@pulumi/pulumi";

/** How many resources of each sort a stack has. */
export interface Sorts {
  readonly components: number;
  /** Of our dynamic providers. */
  readonly dynamic: number;
  /** Of plugins. */
  readonly plugin: number;
}

/** The resources of a state, by sort. */
export function sortsOf(deployment: unknown): Sorts {
  const { resources } = deployment as { resources: { type: string; custom: boolean }[] };
  const ours = resources.filter(({ type }) => !type.startsWith("pulumi:"));
  const dynamic = ours.filter(({ type }) => type.startsWith("pulumi-nodejs:")).length;
  const components = ours.filter(({ custom }) => !custom).length;
  return { components, dynamic, plugin: ours.length - components - dynamic };
}

/**
 * The least a program like ours can cost: the same SDK, as many resources of each sort, none of which does anything.
 * Those of a plugin are served by `serveNothing`.
 */
export function floorProgram({ components, dynamic, plugin }: Sorts): () => Promise<void> {
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
