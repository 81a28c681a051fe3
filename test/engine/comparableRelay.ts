import type { Lab } from "../../lab/src/lab.ts";
import { comparableWorld } from "../../lab/story/world.ts";

/**
 * The lab's world as text, without what two ways to build the same relay can't have in common:
 *
 * - ids: each is drawn for the one who makes the object. They are numbered, so that what refers to what still counts.
 * - times.
 * - keys and secrets: a DKIM key's public part, and the first characters of a client secret, are drawn too.
 * - the text of a mark: of the stack, or of the script. Of DNS records only the stack's bear one.
 * - what is left to Entra: the azuread plugin writes `false`, an empty text or list, or version 1 where the script writes
 *   nothing, and both mean the same (resource types application, servicePrincipal and user, Graph v1.0).
 * - the order of outbound rules: each is made at the top, and `up` makes them in any order.
 * - the TTL of an SPF or DMARC record that was there before, and that it has no quotes: `up` leaves both as they are, and a
 *   line of a zone file has them.
 * - the consent that the administrator gives when the script signs in to Graph.
 */
export function comparableRelay(lab: Lab): string {
  const world = JSON.parse(comparableWorld(lab)) as { directory: { permissionGrants?: unknown } };
  delete world.directory.permissionGrants;
  const sorted = inOrder(withoutDrawn(world));
  const ids = new Map<string, string>();
  return JSON.stringify(sorted, null, 2).replace(ID, (id) => {
    const known = ids.get(id) ?? `id ${ids.size + 1}`;
    ids.set(id, known);
    return known;
  });
}

// The last form is that of an app role assignment.
const ID =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=")[0-9a-f]{32}(?=")|(?<=")[\w-]{43}(?=")/g;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const MARK =
  /^(?:Managed by Pulumi|SMTP relay): ([^ .]+)(?: \(adopted\))?(?:\. Changes made by hand are undone\.)?$/;

/** Where Graph's properties stand in the world. */
const LEFT_TO_ENTRA = new Set(["properties", "federatedIdentityCredentials"]);

function withoutDrawn(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutDrawn(item, key));
  if (typeof value === "string") {
    if (TIME.test(value)) return "time";
    if (key === "content") return value.replace(/^"(v=(?:spf1|DMARC1).*)"$/, "$1");
    if (["hint", "publicKey"].includes(key)) return "drawn";
    const mark = MARK.exec(value)?.[1];
    return mark === undefined
      ? value
      : key === "comment" && mark.split("/").length === 2
        ? null
        : `mark of ${mark}`;
  }
  if (typeof value !== "object" || value === null) return value;
  const isRule = "priority" in value && "from" in value;
  const isFollowed = "content" in value && /v=(spf1|DMARC1)/.test(String(value.content));
  const left = [...(isRule ? ["priority"] : []), ...(isFollowed ? ["ttl"] : [])];
  const entries = Object.entries(LEFT_TO_ENTRA.has(key) ? (stated(value) as object) : value);
  return Object.fromEntries(
    entries
      .filter(([name]) => !left.includes(name))
      .map(([name, one]) => [name, withoutDrawn(one, name)]),
  );
}

/** What is stated: neither a default of Entra's nor nothing. */
function stated(value: unknown, key = ""): unknown {
  if (value === false || value === "" || (key === "requestedAccessTokenVersion" && value === 1))
    return null;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? null : value;
  const entries = Object.entries(value)
    .map(([name, one]) => [name, stated(one, name)] as const)
    .filter(([, one]) => one !== null);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** Lists by what is in them beside ids: who builds decides on their order. */
function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inOrder(one)]));
  }
  const keyed = value
    .map(inOrder)
    .map((one) => ({ one, key: JSON.stringify(one).replace(ID, "id") }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ one }) => one);
}
