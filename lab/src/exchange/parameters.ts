import { refusal } from "./cmdletError.ts";

/** The .NET types of cmdlet parameters that the lab knows. */
export type ParameterType =
  | { is: "text" }
  | { is: "flag" }
  /** A flag that null leaves to somebody else. */
  | { is: "flagOrNull" }
  | { is: "list" }
  | { is: "size" }
  /** A small whole number; bound as its digits. */
  | { is: "uint16" }
  /** A whole number of this .NET type; bound as its digits. */
  | { is: "uint32" }
  | { is: "int32" }
  /** What finds an object; `type` is the .NET name. */
  | { is: "identity"; type: string }
  /** `orNull`: whether null clears it. */
  | { is: "enum"; type: string; names: readonly string[]; orNull?: true }
  /** One or more of an enum's values; bound as a list. */
  | { is: "enums"; type: string; names: readonly string[] };

/** Values to add to a list and to take from it. */
export interface ListEdit {
  add: string[];
  remove: string[];
}

/** A bound value: what the parameter's type made of the JSON. */
export type Value = string | boolean | null | string[] | ListEdit;

/** The parameters of one call after binding; an absent parameter is undefined. */
export interface Bound {
  has(parameter: string): boolean;
  text(parameter: string): string | null | undefined;
  flag(parameter: string): boolean | undefined;
  list(parameter: string): string[] | ListEdit | undefined;
}

export type Parameters = Record<string, ParameterType>;

/** The type of a parameter that finds an object; `name` is its .NET class, such as `MailboxIdParameter`. */
export function identityType(name: string): ParameterType & { is: "identity" } {
  return { is: "identity", type: `Microsoft.Exchange.Configuration.Tasks.${name}` };
}

const DOTNET = {
  text: "System.String",
  flag: "System.Boolean",
  flagOrNull: "System.Boolean",
  list: "Microsoft.Exchange.Data.MultiValuedProperty`1",
  size: "Microsoft.Exchange.Data.Unlimited`1",
  uint16: "System.UInt16",
  uint32: "System.UInt32",
  int32: "System.Int32",
} as const;

const RANGES = {
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

/**
 * Converts a JSON value as PowerShell's argument transformation does.
 *
 * @throws CmdletError when the value does not fit the type
 */
export function transform(parameter: string, type: ParameterType, json: unknown): Value {
  const refuse = (): never => {
    const wanted = "type" in type ? type.type : DOTNET[type.is];
    throw refusal("exchange.bad-type", {
      parameter,
      given: describe(json),
      type: wanted,
      hint: wanted === "System.Boolean" ? "flag" : "none",
    });
  };
  switch (type.is) {
    case "text":
      return typeof json === "string" || json === null ? json : refuse();
    case "identity":
      return (typeof json === "string" && json !== "") || json === null ? json : refuse();
    case "flag":
      return transformFlag(json) ?? refuse();
    case "flagOrNull":
      return json === null ? null : (transformFlag(json) ?? refuse());
    case "size":
      if (typeof json === "string" && json.toLowerCase() === "unlimited") return "Unlimited";
      return typeof json === "number" && Number.isInteger(json) && json > 0
        ? String(json)
        : refuse();
    case "uint16":
    case "uint32":
    case "int32": {
      const [from, to] = RANGES[type.is];
      return typeof json === "number" && Number.isInteger(json) && json >= from && json <= to
        ? String(json)
        : refuse();
    }
    case "list":
      return transformList(json) ?? refuse();
    case "enum":
      if (json === null && type.orNull) return null;
      return typeof json === "string" ? transformEnum(parameter, type, json) : refuse();
    case "enums": {
      const items: unknown[] = Array.isArray(json) ? json : [json];
      if (items.length === 0) return refuse();
      return items.map((item) =>
        typeof item === "string" ? transformEnum(parameter, type, item) : refuse(),
      );
    }
  }
}

function transformFlag(json: unknown): boolean | undefined {
  if (json === 0 || json === 1) return json === 1;
  return typeof json === "boolean" ? json : undefined;
}

/** Enumerators are found by a beginning that only one of them has, in any letter case. */
function transformEnum(
  parameter: string,
  { type, names }: Extract<ParameterType, { is: "enum" | "enums" }>,
  json: string,
): string {
  const wanted = json.toLowerCase();
  const found = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const exact = found.find((name) => name.toLowerCase() === wanted);
  const chosen = exact ?? (found.length === 1 && wanted !== "" ? found[0] : undefined);
  if (chosen === undefined) {
    throw refusal("exchange.bad-enum", { parameter, value: json, type, names: names.join(", ") });
  }
  return chosen;
}

/** null, one text, an array of texts, or a typed hash table of Add and Remove. */
function transformList(json: unknown): string[] | ListEdit | undefined {
  if (json === null) return [];
  if (typeof json === "string") return [json];
  if (Array.isArray(json)) return json.every((item) => typeof item === "string") ? json : undefined;
  if (typeof json !== "object") return undefined;
  const { "@odata.type": odataType, Add: add, Remove: remove, ...rest } = json as ListEditJson;
  if (odataType !== "#Exchange.GenericHashTable" || Object.keys(rest).length > 0) return undefined;
  const [added, removed] = [transformList(add ?? null), transformList(remove ?? null)];
  if (!Array.isArray(added) || !Array.isArray(removed)) return undefined;
  return { add: added, remove: removed };
}

interface ListEditJson {
  "@odata.type"?: unknown;
  Add?: unknown;
  Remove?: unknown;
}

function describe(json: unknown): string {
  if (json === null || json === "") return "";
  if (Array.isArray(json)) return "System.Object[]";
  const names: Record<string, string> = {
    string: "System.String",
    number: "System.Int64",
    boolean: "System.Boolean",
    object: "System.Collections.Hashtable",
  };
  return names[typeof json] ?? typeof json;
}
