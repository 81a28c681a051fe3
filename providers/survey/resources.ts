import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { SurveyInputs } from "./survey.ts";

/** A look over tenant and zones before anything is made. */
export class Survey extends DynamicResource {
  constructor(name: string, args: Args<SurveyInputs>, opts?: pulumi.CustomResourceOptions) {
    super("survey", "Survey", name, { ...args }, opts);
  }
}
