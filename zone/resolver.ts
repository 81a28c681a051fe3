import { Resolver } from "node:dns/promises";
import type { Answer, RecordType, Resolve } from "../mail/dns/record.ts";

/** Variable that names a DNS server to ask, `address` or `address:port`, several with commas. */
const SERVER_VARIABLE = "M365_SMTP_RELAY_DNS_SERVER";

/** Variable that names the resolvers to look at a domain through, in the same form. */
const PUBLIC_VARIABLE = "M365_SMTP_RELAY_PUBLIC_RESOLVERS";

/** Cloudflare's and Google's, which much of the world asks. Both check DNSSEC. */
const PUBLIC_RESOLVERS = ["1.1.1.1", "8.8.8.8"];

/** Answers that say that the name, or the type at the name, is not there. */
const ABSENT: Readonly<Record<string, Answer["status"]>> = {
  ENOTFOUND: "nxdomain",
  ENODATA: "nodata",
};

/** How long a server may take, in milliseconds, and how often it is asked. */
export interface QueryLimits {
  readonly timeout: number;
  readonly tries: number;
}
const QUERY_LIMITS: QueryLimits = { timeout: 3000, tries: 3 };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Asks DNS as this machine does, or the servers that `M365_SMTP_RELAY_DNS_SERVER` names: for networks that let
 * nobody ask others, and for those whose own DNS shows another side of the domain than the world sees.
 */
export function resolver(env: Env = process.env, limits = QUERY_LIMITS): Resolve {
  return resolveWith(new Resolver(limits), namedServers(env));
}

/**
 * Asks a zone's own name servers, past every cache; those that `M365_SMTP_RELAY_DNS_SERVER` names, if it is set.
 *
 * @param zone the zone's name, or a domain in it
 * @param general finds the name servers
 */
export async function zoneResolver(
  zone: string,
  env: Env = process.env,
  general = resolver(env),
): Promise<Resolve> {
  if (namedServers(env).length > 0) return general;
  const { servers, why } = await serversOf(zone, general);
  const addresses = await Promise.all(servers.map((server) => addressesOf(server, general)));
  const known = addresses.flat();
  if (known.length > 0) return resolveWith(new Resolver(QUERY_LIMITS), known);
  return async () => ({
    status: "failed",
    why: `the name servers of ${zone} could not be found${why}`,
  });
}

/** How DNS looks from somewhere. */
export interface View {
  /** Whose answers they are: `1.1.1.1`. */
  readonly server: string;
  readonly resolve: Resolve;
}

/**
 * Asks the public resolvers that receivers may ask, each on its own: 1.1.1.1 and 8.8.8.8, or those that
 * `M365_SMTP_RELAY_PUBLIC_RESOLVERS` names. None where `M365_SMTP_RELAY_DNS_SERVER` alone is set: nobody else is asked then.
 */
export function publicViews(env: Env = process.env): View[] {
  const named = namedServers(env, PUBLIC_VARIABLE);
  const usual = namedServers(env).length > 0 ? [] : PUBLIC_RESOLVERS;
  return (named.length > 0 ? named : usual).map((server) => ({
    server,
    resolve: askOnce(resolveWith(new Resolver(QUERY_LIMITS), [server], PUBLIC_VARIABLE)),
  }));
}

/**
 * Asks the name servers of each name's own zone, past every cache, and follows CNAME records from zone to zone; the servers
 * that `M365_SMTP_RELAY_DNS_SERVER` names, if it is set.
 */
export function authoritativeView(env: Env = process.env, general = resolver(env)): View {
  const named = namedServers(env);
  if (named.length > 0) {
    return { server: `${named.join(", ")} (${SERVER_VARIABLE})`, resolve: general };
  }
  const asked = askOnce(general);
  const zones = new Map<string, Promise<Resolve>>();
  const resolverOf = (name: string) => {
    const known = zones.get(name) ?? zoneResolver(name, env, asked);
    zones.set(name, known);
    return known;
  };
  return { server: "its own name servers", resolve: askOnce(followingAliases(resolverOf)) };
}

/** CNAME records that are followed at most. */
const LONGEST_CHAIN = 8;

/**
 * Follows CNAME records whose targets stand in zones of other servers, as name servers do not.
 *
 * @param resolverOf asks the name servers of a name's zone
 */
export function followingAliases(resolverOf: (name: string) => Promise<Resolve>): Resolve {
  const ask = async (name: string, type: RecordType, hops: number): Promise<Answer> => {
    const resolve = await resolverOf(name);
    const answer = await resolve(name, type);
    if (answer.status !== "nodata" || type === "CNAME" || hops === LONGEST_CHAIN) return answer;
    const alias = await resolve(name, "CNAME");
    const [target] = alias.status === "found" ? alias.records : [];
    return target === undefined ? answer : ask(target, type, hops + 1);
  };
  return (name, type) => ask(name, type, 0);
}

/** The name servers of the nearest domain that has any: a subdomain mostly stands in its parent's zone. */
async function serversOf(
  domain: string,
  resolve: Resolve,
): Promise<{ servers: readonly string[]; why: string }> {
  for (let labels = domain.split("."); labels.length > 1; labels = labels.slice(1)) {
    const answer = await resolve(labels.join("."), "NS");
    // Those of the domain above know nothing of a zone that has its own.
    if (answer.status === "failed") return { servers: [], why: ` (${answer.why})` };
    if (answer.status === "found") return { servers: answer.records, why: "" };
  }
  return { servers: [], why: "" };
}

/** IPv4 addresses where there are any, as not every network reaches the others. */
async function addressesOf(server: string, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await recordsOf(resolve, server, "A");
  return addresses.length > 0 ? addresses : recordsOf(resolve, server, "AAAA");
}

const namedServers = (env: Env, variable = SERVER_VARIABLE): string[] =>
  (env[variable] ?? "")
    .split(",")
    .map((server) => server.trim())
    .filter((server) => server !== "");

async function recordsOf(resolve: Resolve, name: string, type: RecordType) {
  const answer = await resolve(name, type);
  return answer.status === "found" ? answer.records : [];
}

function resolveWith(
  dns: Resolver,
  servers: readonly string[],
  variable = SERVER_VARIABLE,
): Resolve {
  if (servers.length > 0) setServers(dns, servers, variable);
  return async (name, type) => {
    try {
      return { status: "found", records: await ask(dns, name, type) };
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      const status = ABSENT[code];
      if (status === "nodata" || status === "nxdomain") return { status };
      return { status: "failed", why: `${type} ${name}: ${message}` };
    }
  };
}

function setServers(dns: Resolver, servers: readonly string[], variable: string): void {
  try {
    dns.setServers(servers);
  } catch (cause) {
    const message = `${variable}: "${servers.join(",")}" is not a list of addresses; use e.g. "192.0.2.53" or "192.0.2.53:5353"`;
    throw new Error(message, { cause });
  }
}

async function ask(dns: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case "A":
      return dns.resolve4(name);
    case "AAAA":
      return dns.resolve6(name);
    case "MX":
      return (await dns.resolveMx(name)).map(({ exchange }) => canonicalHost(exchange));
    case "TXT":
      return (await dns.resolveTxt(name)).map(textOf);
    case "PTR":
      return (await dns.resolvePtr(name)).map(canonicalHost);
    case "CNAME":
      return (await dns.resolveCname(name)).map(canonicalHost);
    case "NS":
      return (await dns.resolveNs(name)).map(canonicalHost);
  }
}

/** The strings of a TXT record, put together. Node gives each octet as a character; what was written was UTF-8. */
const textOf = (strings: readonly string[]): string =>
  Buffer.from(strings.join(""), "latin1").toString("utf8");

const canonicalHost = (host: string): string => host.toLowerCase().replace(/\.$/, "");

/** Asks each question once, for a run in which several need the answer. */
export function askOnce(resolve: Resolve): Resolve {
  const answers = new Map<string, ReturnType<Resolve>>();
  return (name, type) => {
    const key = `${type} ${name}`;
    const answer = answers.get(key) ?? resolve(name, type);
    answers.set(key, answer);
    return answer;
  };
}
