import * as pulumi from "@pulumi/pulumi";

/** Arguments of a resource whose kind takes `T`. */
export type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/**
 * A resource of one of our dynamic providers. What state keeps of the provider is one line that loads it from the
 * checkout, not a copy of its code, so that a fix reaches the resources that exist already.
 *
 * @param provider the provider's file under `providers/`, without `.ts`; state names it for ever
 */
export class DynamicResource extends pulumi.CustomResource {
  constructor(
    provider: "exchange" | "graph" | "password" | "spf" | "survey" | "zone",
    kind: string,
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const __provider = `exports.handler = () => require("./providers/${provider}.ts").handler("${kind}");`;
    super(`pulumi-nodejs:dynamic/${provider}:${kind}`, name, { ...props, __provider }, opts);
  }
}
