import { isAbsent, isObject, UNKNOWN, type Value, type Values } from "../values.ts";

/** What a program may set of a record. */
export const INPUTS: readonly string[] = [
  "comment",
  "content",
  "data",
  "name",
  "priority",
  "privateRouting",
  "proxied",
  "settings",
  "tags",
  "ttl",
  "type",
  "zoneId",
];

/** What a record has beside its zone. */
export const OUTPUTS: readonly string[] = [
  ...INPUTS.filter((name) => name !== "zoneId"),
  "commentModifiedOn",
  "createdOn",
  "id",
  "meta",
  "modifiedOn",
  "proxiable",
  "tagsModifiedOn",
];

/** What only an API that answers can tell of a new record. */
const TOLD_ONCE = ["createdOn", "id", "meta", "proxiable"];

const SETTINGS = { flattenCname: false, ipv4Only: false, ipv6Only: false };

/**
 * The record as it is to be: defaults, and what stays as it is where the program does not say.
 *
 * @see terraform-provider-cloudflare 5, internal/services/dns_record/custom.go (ModifyPlan)
 */
export function planDnsRecord(inputs: Values, old?: Values): Values {
  const plan: Values = { ...inputs, proxied: inputs.proxied ?? false };
  plan.tags = plannedTags(inputs.tags, old);
  plan.settings = plannedSettings(inputs, old);
  if (old === undefined) {
    for (const name of [...TOLD_ONCE, "modifiedOn"]) plan[name] = UNKNOWN;
    if (isAbsent(inputs.content)) plan.content = UNKNOWN;
    return plan;
  }
  plan.name = plannedName(inputs.name, old.name);
  plan.content = plannedContent(inputs, old);
  for (const name of TOLD_ONCE) plan[name] = old[name] ?? UNKNOWN;
  const isChanged = INPUTS.some((name) => !isSame(plan[name], old[name]));
  for (const name of ["modifiedOn", "commentModifiedOn", "tagsModifiedOn"]) {
    plan[name] = isChanged ? UNKNOWN : (old[name] ?? null);
  }
  return plan;
}

/** A CNAME always has its three settings; other records have what the API tells. */
export function withSettings(outputs: Values): Values {
  if (outputs.type !== "CNAME") return outputs;
  const settings = isObject(outputs.settings) ? outputs.settings : {};
  return { ...outputs, settings: settingsOf(settings) };
}

function settingsOf(given: Values): Values {
  const known = Object.entries(given).filter(([, value]) => !isAbsent(value));
  return { ...SETTINGS, ...Object.fromEntries(known) };
}

function plannedSettings({ type, settings }: Values, old: Values | undefined): Value {
  const planned = settings ?? (old === undefined ? UNKNOWN : (old.settings ?? null));
  return type === "CNAME" && isObject(planned) ? settingsOf(planned) : planned;
}

/** Tags are a set; where the program names none and there are some, the plugin leaves it to the API. */
function plannedTags(tags: Value | undefined, old: Values | undefined): Value {
  const there = Array.isArray(old?.tags) ? old.tags : [];
  if (old === undefined) return tags ?? UNKNOWN;
  if (isAbsent(tags)) return there.length === 0 ? (old.tags ?? null) : UNKNOWN;
  if (!Array.isArray(tags)) return tags;
  const isSameSet = tags.length === there.length && tags.every((tag) => there.includes(tag));
  return isSameSet ? there : tags;
}

/** The API writes names in full; "sub" and "@" in a program are not a change of "sub.example.com". */
function plannedName(name: Value | undefined, old: Value | undefined): Value {
  if (typeof name !== "string" || typeof old !== "string") return name ?? null;
  const isShort = name === "@" || old.startsWith(`${name.replace(/\.$/, "")}.`);
  return isShort ? old : name;
}

/** Upper and lower case do not differ in the target of a CNAME. */
function plannedContent({ type, content, data }: Values, old: Values): Value {
  if (isAbsent(content)) return isAbsent(data) ? null : (old.content ?? UNKNOWN);
  const isSameTarget =
    type === "CNAME" &&
    typeof content === "string" &&
    typeof old.content === "string" &&
    content.toLowerCase() === old.content.toLowerCase();
  return isSameTarget ? (old.content ?? null) : content;
}

const isSame = (one: Value | undefined, other: Value | undefined): boolean =>
  JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
