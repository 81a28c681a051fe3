import { defineReply } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";

export const severalScopes = defineReply(
  "exchange.several-scopes",
  {
    page: "New-ManagementRoleAssignment (office-docs-powershell): parameter sets",
    assumed: "the wording",
  },
  (parameters: string[]): Failure => ({
    status: 400,
    type: "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException",
    text: `Parameter set cannot be resolved using the specified named parameters. ${parameters.join(", ")}`,
  }),
);
