import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { LicenseInputs } from "./license.ts";

/** A licence that a user holds. */
export class License extends DynamicResource {
  constructor(name: string, args: Args<LicenseInputs>, opts?: pulumi.CustomResourceOptions) {
    super("graph", "License", name, { ...args }, opts);
  }
}
