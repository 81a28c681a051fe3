import * as pulumi from "@pulumi/pulumi";
import type { KindName } from "../kinds.ts";

/** Arguments of a resource whose kind takes `T`. */
export type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/**
 * A resource of one of our kinds. What state keeps of its provider is one line that loads it from the checkout, not a
 * copy of its code, so that a fix reaches the resources that exist already.
 *
 * Each kind has a class that gives its name and the outputs that are not inputs; the constructor is the same for all.
 */
export abstract class DynamicResource<Inputs> extends pulumi.CustomResource {
  static readonly kind: KindName;
  /** Outputs that only the provider knows. */
  static readonly outputs: readonly string[] = [];
  /** The outputs that are secret. */
  static readonly secrets: readonly string[] = [];

  constructor(name: string, args: Args<Inputs>, opts?: pulumi.CustomResourceOptions) {
    const { kind, outputs, secrets } = new.target;
    const __provider = `exports.handler = () => require("./providers/kinds.ts").handler("${kind}");`;
    super(
      `pulumi-nodejs:dynamic/m365-smtp-relay:${kind}`,
      name,
      { ...Object.fromEntries(outputs.map((key) => [key, undefined])), ...args, __provider },
      secrets.length === 0 ? opts : { ...opts, additionalSecretOutputs: [...secrets] },
    );
  }
}
