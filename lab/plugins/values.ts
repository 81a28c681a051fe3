import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** A property's value as the engine sends it, without marks of secrecy. */
export type Value = null | boolean | number | string | Value[] | Values;
export interface Values {
  [name: string]: Value;
}

/** What stands for a value that is only known once something has been made. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// How Pulumi's wire format marks an object as a secret.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties as they came, and which of them hold a secret somewhere. */
export interface Received {
  readonly values: Values;
  readonly secrets: ReadonlySet<string>;
}

/** Reads properties; a secret is taken out of its wrapping. */
export function received(properties: struct.Struct | undefined): Received {
  const raw = (properties?.toJavaScript() ?? {}) as Values;
  const secrets = Object.keys(raw).filter((name) => holdsSecret(raw[name] ?? null));
  return { values: opened(raw) as Values, secrets: new Set(secrets) };
}

/** Writes properties; the named ones become secrets, and nothing that is undefined gets through. */
export function sent(values: Values, secrets: ReadonlySet<string> = new Set()): struct.Struct {
  const marked = Object.entries(values).map(([name, value]) => {
    const isSecret = secrets.has(name) && value !== null;
    return [name, isSecret ? { [SIGNATURE]: SECRET, value } : value];
  });
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(Object.fromEntries(marked))));
}

/** Whether there is nothing: a property that is not there and one that is null are the same. */
export function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const isSecret = (value: Value): value is Values => isObject(value) && value[SIGNATURE] === SECRET;

function holdsSecret(value: Value): boolean {
  if (isSecret(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsSecret);
}

function opened(value: Value): Value {
  if (isSecret(value)) return opened(value.value ?? null);
  if (Array.isArray(value)) return value.map(opened);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, opened(held)]));
}
