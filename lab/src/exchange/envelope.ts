import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { ExchangeObject, Outcome } from "./cmdlet.ts";
import type { Failure } from "./cmdletError.ts";

const ORIGIN = "https://outlook.office365.com";
const CONTEXT = "$metadata#Collection(Exchange.GenericHashTable)";

/**
 * A cmdlet's outcome as the admin API's JSON (captured response of 2024; graph2otel 2026-07).
 *
 * @param nextLink where the next page is, if there is one
 */
export function wrapOutcome(
  tenant: string,
  outcome: Outcome,
  value: ExchangeObject[],
  nextLink: string | undefined,
): object {
  return {
    "@odata.context": `${ORIGIN}/adminapi/beta/${tenant}/${CONTEXT}`,
    ...(nextLink !== undefined && { "@odata.nextLink": nextLink }),
    ...wrapWarnings(outcome.warnings.map(({ text }) => text)),
    ...(outcome.confirmation && { "@adminapi.confirmationmessage": outcome.confirmation.text }),
    value: value.map(annotate),
  };
}

/** A cmdlet's failure as the admin API's JSON; the world says which of the two seen texts it has. */
export function wrapFailure(failure: Sourced<Failure>, shape: World["settings"]["errorText"]) {
  const text = shape === "json" ? jsonText(failure) : pipeText(failure);
  const message = "Error executing cmdlet";
  return {
    error: {
      code: failure.status === 404 ? "NotFound" : "BadRequest",
      message,
      details: [{ code: "Context", target: "", message: text }],
      innererror: {
        message,
        type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        stacktrace: "   at Microsoft.Exchange.Admin.OData.Core.CmdletInvoker.Invoke()",
        internalexception: {
          message: text,
          type: failure.type,
          stacktrace: "   at Microsoft.Exchange.Configuration.Tasks.Task.ProcessRecord()",
        },
      },
      ...wrapWarnings([]),
    },
  };
}

/** The codes of exceptions that were seen with one; the others came with an empty one. */
const CODES: Record<string, string> = {
  "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException": "Ex6F9304",
};

/** `[ExCODE]|Full.Exception.Type|human text` */
function pipeText({ type, text }: Failure): string {
  return `${CODES[type] ?? ""}|${type}|${text}`;
}

function jsonText({ type, text }: Failure): string {
  return JSON.stringify({ Message: text, TypeName: type, StackTrace: null, InnerError: null });
}

function wrapWarnings(warnings: string[]): Record<string, string | string[]> {
  return {
    "adminapi.warnings@odata.type": "#Collection(String)",
    "@adminapi.warnings": warnings,
  };
}

function annotate(object: ExchangeObject): ExchangeObject {
  const annotated: ExchangeObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (Array.isArray(value)) annotated[`${key}@odata.type`] = "#Collection(String)";
    if (typeof value === "number") annotated[`${key}@odata.type`] = "#Decimal";
    if (key === "Guid") {
      annotated["Guid@data.type"] = "System.Guid";
      annotated["Guid@odata.type"] = "#Guid";
    }
    annotated[key] = value;
  }
  return annotated;
}
