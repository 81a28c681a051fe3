import type { ResourceName } from "./clients.ts";

/** Audience of the Exchange Online admin API, in the lab as outside. */
export const EXCHANGE_RESOURCE = "https://outlook.office365.com";
/** Audience of Microsoft Graph outside; in the lab its own origin is one too. */
export const GRAPH_RESOURCE = "https://graph.microsoft.com";
/** Another name of Exchange's: a token for it has that audience, which no service of the lab takes. */
const OUTLOOK_RESOURCE = "https://outlook.office.com";

/** Scopes of OpenID Connect, which go along with those of a resource. */
const OPEN_ID = ["openid", "profile", "email", "offline_access"];

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
  const wanted = scope.split(" ").filter((part) => part !== "" && !OPEN_ID.includes(part));
  const [first, ...others] = wanted;
  if (first === undefined || others.length > 0) return "invalid";
  if (!first.endsWith("/.default")) return "no default";
  const audience = first.slice(0, -"/.default".length);
  const resource = resourceNamed(audience, origin);
  return resource === undefined ? "unknown" : { audience, resource };
}

function resourceNamed(audience: string, origin: string): ResourceName | undefined {
  const name = audience.replace(/\/$/, "");
  if ([EXCHANGE_RESOURCE, OUTLOOK_RESOURCE].includes(name)) return "exchange";
  return name === GRAPH_RESOURCE || name === origin ? "graph" : undefined;
}

/** What is asked for a person: permissions of one resource, none for `.default`, and scopes of OpenID Connect. */
export interface DelegatedScopes extends Resource {
  scopes: string[];
  openId: string[];
}

/** Reads the scopes of a request for a person; a name without a resource is Graph's. */
export function readDelegatedScopes(
  scope: string,
  origin: string,
): DelegatedScopes | "invalid" | "unknown" {
  const all = scope.split(" ").filter((part) => part !== "");
  const wanted = all
    .filter((part) => !OPEN_ID.includes(part))
    .map((part) => /^(?:(?<audience>.+)\/)?(?<name>[^/]+)$/.exec(part)?.groups ?? {});
  const audiences = new Set(wanted.map(({ audience = GRAPH_RESOURCE }) => audience));
  const [audience, ...others] = audiences;
  if (audience === undefined || others.length > 0) return "invalid";
  const resource = resourceNamed(audience, origin);
  if (resource === undefined) return "unknown";
  const names = wanted.map(({ name = "" }) => name);
  return {
    audience,
    resource,
    scopes: names.filter((name) => name !== ".default"),
    openId: all.filter((part) => OPEN_ID.includes(part)),
  };
}
