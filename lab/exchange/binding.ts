import { type Cmdlet, CmdletError } from "./cmdlet.ts";
import { missingMandatory, unknownParameter } from "./failures.ts";
import { type ListEdit, transform, type Value } from "./parameter.ts";

/** The parameters of one call after binding; an absent parameter is undefined. */
export interface Bound {
  has(parameter: string): boolean;
  text(parameter: string): string | null | undefined;
  flag(parameter: string): boolean | undefined;
  list(parameter: string): string[] | ListEdit | undefined;
}

/**
 * Binds the JSON parameters of a call to a cmdlet. Names are matched in any letter case, as
 * PowerShell does.
 *
 * @throws CmdletError for an unknown parameter, a value that does not fit, a missing mandatory one
 */
export function bind(cmdlet: Cmdlet, json: Record<string, unknown>): Bound {
  const values = new Map<string, Value>();
  for (const [given, value] of Object.entries(json)) {
    if (given.endsWith("@odata.type")) continue;
    const name = Object.keys(cmdlet.parameters).find(
      (parameter) => parameter.toLowerCase() === given.toLowerCase(),
    );
    const type = name === undefined ? undefined : cmdlet.parameters[name];
    if (name === undefined || type === undefined) throw new CmdletError(unknownParameter(given));
    values.set(name, transform(name, type, value));
  }
  const missing = cmdlet.mandatory.filter((name) => (values.get(name) ?? null) === null);
  if (missing.length > 0) throw new CmdletError(missingMandatory(missing));
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
