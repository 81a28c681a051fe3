import { isObject, UNKNOWN, type Value } from "../values.ts";
import {
  badDate,
  badResourceId,
  badUuid,
  missingNested,
  notOneOf,
  tooMany,
  wasEmpty,
} from "./replies.ts";

/** What is wrong with a known value of a property. */
export type Format = (property: string, value: Value) => string[];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export const isUuid = (value: Value | undefined): boolean =>
  typeof value === "string" && UUID.test(value);

export const uuid: Format = (property, value) =>
  isUuid(value) ? [] : [badUuid(property, String(value)).reason];

export const notEmpty: Format = (property, value) =>
  value === "" ? [wasEmpty(property).reason] : [];

export const rfc3339: Format = (property, value) =>
  RFC_3339.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
    ? []
    : [badDate(property, String(value)).reason];

export const oneOf =
  (...known: readonly string[]): Format =>
  (property, value) =>
    known.includes(String(value)) ? [] : [notOneOf(property, known, String(value)).reason];

/** `/applications/ID`, what the resource's `id` is; its `objectId` is not. */
export const applicationId: Format = (_, value) =>
  /^\/applications\/[^/]+$/.test(String(value))
    ? []
    : [badResourceId("applications", String(value)).reason];

/** A list in which every known item has a format. */
export const each =
  (format: Format): Format =>
  (property, value) =>
    itemsOf(value)
      .filter((item) => item !== UNKNOWN)
      .flatMap((item) => format(property, item));

export const atMost =
  (count: number): Format =>
  (property, value) =>
    itemsOf(value).length > count ? [tooMany(property, count).reason] : [];

/** What apps ask for: `[{ resourceAppId, resourceAccesses: [{ id, type }] }]`. */
export const requiredResourceAccesses: Format = (property, value) =>
  itemsOf(value).flatMap((item) => [
    ...lacking(property, item, ["resourceAppId", "resourceAccesses"]),
    ...itemsOf(isObject(item) ? (item.resourceAccesses ?? null) : null).flatMap((access) => [
      ...lacking(`${property}.resourceAccesses`, access, ["id", "type"]),
      ...nested(access, "id", uuid),
      ...nested(access, "type", oneOf("Scope", "Role")),
    ]),
  ]);

const itemsOf = (value: Value): Value[] => (Array.isArray(value) ? value : []);

function lacking(path: string, value: Value, names: readonly string[]): string[] {
  if (!isObject(value)) return [];
  return names
    .filter((name) => !(name in value))
    .map((name) => missingNested(`${path}.${name}`).reason);
}

function nested(value: Value, name: string, format: Format): string[] {
  const held = isObject(value) ? value[name] : undefined;
  return held === undefined || held === UNKNOWN ? [] : format(name, held);
}
