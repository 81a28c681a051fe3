import * as pulumi from "@pulumi/pulumi";

/**
 * The least a program like ours can cost: the same SDK, one component, as many dynamic resources, none of which
 * does anything.
 */
export function floorProgram(resources: number): () => Promise<void> {
  return async () => {
    const parent = new Component("floor");
    for (let index = 0; index < resources; index++) {
      new Nothing(`nothing-${index}`, { parent });
    }
  };
}

class Component extends pulumi.ComponentResource {
  constructor(name: string) {
    super("m365relay:bench:Floor", name);
    this.registerOutputs({});
  }
}

class Nothing extends pulumi.CustomResource {
  constructor(name: string, opts: pulumi.CustomResourceOptions) {
    const __provider = 'exports.handler = () => require("./scripts/bench/nothing.ts");';
    super("pulumi-nodejs:dynamic/bench:Nothing", name, { __provider }, opts);
  }
}
