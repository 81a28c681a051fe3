import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** A property's value as the engine sends it, without the marks of secrets. */
export type Value = null | boolean | number | string | Value[] | Values;
export interface Values {
  [name: string]: Value;
}

/** Stands for a value that is only known once a resource is created. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// How Pulumi's wire format marks an object as a secret.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Reads properties. Secrets are unwrapped; `secrets` names the properties that hold one at any depth. */
export function fromStruct(properties: struct.Struct | undefined): {
  values: Values;
  secrets: ReadonlySet<string>;
} {
  const raw = (properties?.toJavaScript() ?? {}) as Values;
  const secrets = Object.keys(raw).filter((name) => holdsSecret(raw[name] ?? null));
  return { values: unwrap(raw) as Values, secrets: new Set(secrets) };
}

/** Writes properties; those named in `secrets` are marked, undefined ones are left out. */
export function toStruct(values: Values, secrets: ReadonlySet<string> = new Set()): struct.Struct {
  const marked = Object.entries(values).map(([name, value]) => {
    const isMarked = secrets.has(name) && value !== null;
    return [name, isMarked ? { [SIGNATURE]: SECRET, value } : value];
  });
  return struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(Object.fromEntries(marked))));
}

/** A missing property and one that is null are the same. */
export function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

export function isObject(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Applies `change` to every object in a value, the innermost first. */
export function mapObjects(value: Value, change: (object: Values) => Value): Value {
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, held]) => [name, mapObjects(held, change)]);
  return change(Object.fromEntries(members));
}

const isSecret = (value: Value): value is Values => isObject(value) && value[SIGNATURE] === SECRET;

const unwrap = (value: Value): Value =>
  mapObjects(value, (object) => (isSecret(object) ? (object.value ?? null) : object));

function holdsSecret(value: Value): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}
