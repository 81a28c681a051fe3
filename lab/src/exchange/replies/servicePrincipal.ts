import { defineReply } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

export const badGuid = defineReply(
  "exchange.bad-guid",
  { page: "New-ServicePrincipal (office-docs-powershell): GUID values", assumed: "the wording" },
  (parameter: string, value: string): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.Management.Tasks.ValidationException",
    text: `The value '${value}' of the ${parameter} parameter isn't a valid GUID.`,
  }),
);
