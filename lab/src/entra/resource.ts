import type { ResourceName } from "./clients.ts";

/** Audience of the Exchange Online admin API, in the lab as outside. */
export const EXCHANGE_RESOURCE = "https://outlook.office365.com";
/** Audience of Microsoft Graph outside; in the lab its own origin is one too. */
export const GRAPH_RESOURCE = "https://graph.microsoft.com";
/** Another name of Exchange's: a token for it has that audience, which no service of the lab takes. */
const OUTLOOK_RESOURCE = "https://outlook.office.com";

/** What a token is asked for; `audience` is the name that the request used. */
export interface Resource {
  audience: string;
  resource: ResourceName;
}

/** Reads the one `<resource>/.default` of a client credentials request; OIDC scopes go along. */
export function findResource(
  scope: string,
  origin: string,
): Resource | "invalid" | "no default" | "unknown" {
  const wanted = scope
    .split(" ")
    .filter((part) => !["openid", "profile", "offline_access", ""].includes(part));
  const [first, ...others] = wanted;
  if (first === undefined || others.length > 0) return "invalid";
  if (!first.endsWith("/.default")) return "no default";
  const audience = first.slice(0, -"/.default".length);
  const name = audience.replace(/\/$/, "");
  if ([EXCHANGE_RESOURCE, OUTLOOK_RESOURCE].includes(name)) {
    return { audience, resource: "exchange" };
  }
  if (name === GRAPH_RESOURCE || name === origin) return { audience, resource: "graph" };
  return "unknown";
}
