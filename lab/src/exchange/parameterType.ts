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
  | { is: "enum"; type: string; names: readonly string[] }
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
