import { defineReply } from "../../reply.ts";
import type { Failure } from "../cmdletError.ts";
import type { FilterProblem } from "../recipientFilter.ts";

const VALIDATION = "Microsoft.Exchange.Management.Tasks.ValidationException";

/** What is wrong with a filter, in Exchange's words where there are any. */
function describe({ kind, at, position }: FilterProblem): string {
  switch (kind) {
    case "syntax":
      return `Invalid filter syntax. For a description of the filter parameter syntax see the command help. "${at}" at position ${position}.`;
    case "property":
      return `"${at}" is not a recognized filterable property. For a complete list of filterable properties see the command help. "${at}" at position ${position}.`;
    case "unsupported":
      return `The lab understands -eq and -or alone in filters. "${at}" at position ${position}.`;
  }
}

export const badFilter = defineReply(
  "exchange.bad-filter",
  {
    record: "public logs of other cmdlets' filters: 'is not a recognized filterable property'",
    assumed: "type, the other words, and that the lab knows three properties alone",
  },
  (filter: string, problem: FilterProblem): Failure => ({
    status: 400,
    type: VALIDATION,
    text: `The recipient filter "${filter}" isn't valid. ${describe(problem)}`,
  }),
);

export const noFilter = defineReply(
  "exchange.no-filter",
  { page: "New-ManagementScope (office-docs-powershell)", assumed: "the wording" },
  (): Failure => ({
    status: 400,
    type: VALIDATION,
    text: "A management scope needs a RecipientRestrictionFilter.",
  }),
);

export const scopeInUse = defineReply(
  "exchange.scope-in-use",
  {
    page: "Remove-ManagementScope (office-docs-powershell): not while a role assignment uses it",
    assumed: "type and wording",
  },
  (scope: string, assignments: string[]): Failure => ({
    status: 400,
    type: VALIDATION,
    text: `The management scope '${scope}' can't be removed because it's being used by one or more management role assignments: ${assignments.join(", ")}.`,
  }),
);
