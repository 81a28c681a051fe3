import { createHash } from "node:crypto";
import type { Sourced } from "../reply.ts";
import type { World } from "../world/world.ts";
import type { ExchangeObject, Failure, Outcome } from "./cmdlet.ts";

const ORIGIN = "https://outlook.office365.com";
const CONTEXT = "$metadata#Collection(Exchange.GenericHashTable)";

/** A cmdlet's outcome as the admin API's JSON (captured response of 2024; graph2otel 2026-07). */
export function wrapOutcome(tenant: string, outcome: Outcome, value: ExchangeObject[]): object {
  return {
    "@odata.context": `${ORIGIN}/adminapi/beta/${tenant}/${CONTEXT}`,
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

/** `ExCODE|Full.Exception.Type|human text`; the code is a hash of the type, as far as one can see. */
function pipeText({ type, text }: Failure): string {
  const code = createHash("sha256").update(type).digest("hex").slice(0, 6).toUpperCase();
  return `Ex${code}|${type}|${text}`;
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
    if (key === "Guid") {
      annotated["Guid@data.type"] = "System.Guid";
      annotated["Guid@odata.type"] = "#Guid";
    }
    annotated[key] = value;
  }
  return annotated;
}
