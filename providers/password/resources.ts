import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { PasswordInputs } from "./password.ts";

/** A password that Entra takes and people can type. */
export class Password extends DynamicResource {
  /** 24 letters and digits; a secret. */
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, args: Args<PasswordInputs>, opts?: pulumi.CustomResourceOptions) {
    const secret = { additionalSecretOutputs: ["value"] };
    super("password", "Password", name, { value: undefined, ...args }, { ...opts, ...secret });
  }
}
