import type { NamedCmdlet } from "./cmdlet.ts";
import { refusal } from "./cmdletError.ts";
import { isDocumented } from "./parameterPages.ts";
import type { Bound, Value } from "./parameters.ts";
import { transform } from "./parameters.ts";

/** What may stand beside a parameter and says what it holds (OData JSON format 4.01, section 4.5). */
const TYPE_NOTES = ["#Collection(String)", "#Collection(Exchange.GenericHashTable)"];

/**
 * Binds the JSON parameters of a call to a cmdlet. Names are matched in any letter case, as
 * PowerShell does.
 *
 * @throws CmdletError for a parameter that Exchange Online does not have, one that the lab does not model, one that is
 *   given twice, a value that does not fit, a missing mandatory one
 */
export function bind(
  { name: cmdletName, cmdlet }: NamedCmdlet,
  json: Record<string, unknown>,
): Bound {
  const values = new Map<string, Value>();
  for (const [key, value] of Object.entries(json)) {
    const given = key.replace(/@odata\.type$/, "");
    const name = Object.keys(cmdlet.parameters).find(
      (parameter) => parameter.toLowerCase() === given.toLowerCase(),
    );
    const type = name === undefined ? undefined : cmdlet.parameters[name];
    if (name === undefined || type === undefined) {
      if (isDocumented(cmdletName, given)) {
        throw refusal("exchange.not-modelled", { cmdlet: cmdletName, parameter: given });
      }
      throw refusal("exchange.unknown-parameter", { parameter: given });
    }
    if (given !== key) {
      if (TYPE_NOTES.includes(String(value))) continue;
      throw refusal("exchange.bad-type", {
        parameter: name,
        given: String(value),
        type: TYPE_NOTES.join(" or "),
        hint: "none",
      });
    }
    if (values.has(name)) throw refusal("exchange.specified-twice", { parameter: name });
    values.set(name, transform(name, type, value));
  }
  const missing = cmdlet.mandatory.filter((name) => (values.get(name) ?? null) === null);
  if (missing.length > 0) {
    throw refusal("exchange.missing-mandatory", { parameters: missing.join(" ") });
  }
  return {
    has: (parameter) => values.has(parameter),
    text(parameter) {
      const value = values.get(parameter);
      return typeof value === "string" || value === null ? value : undefined;
    },
    flag(parameter) {
      const value = values.get(parameter);
      return typeof value === "boolean" ? value : undefined;
    },
    list(parameter) {
      const value = values.get(parameter);
      return typeof value === "object" && value !== null ? value : undefined;
    },
  };
}
