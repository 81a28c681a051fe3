import { CLOUDS } from "../mail/clouds.ts";
import type { Cloud } from "./clouds.ts";

/** What decides whether a host is Exchange Online's. */
type Service = Pick<Cloud, "exchangeHosts" | "ownAuthority">;

/**
 * Whether a URL is one that the token for a cloud's Exchange may be sent to: https, without user name, at one of the
 * cloud's own hosts or at a host beneath one, as tenants with an endpoint of their own have it
 * (`<prefix>.outlook.office365.com`). A cloud that is not Microsoft's own may use any port of its hosts.
 *
 * @see https://github.com/cisagov/ScubaGear (EXORestHelper.psm1, Get-ExchangeOnlineApiEndpoint)
 */
export function isExchange(url: string, { exchangeHosts, ownAuthority }: Service): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== "https:" || `${username}${password}` !== "") return false;
  if (port !== "" && !ownAuthority) return false;
  return exchangeHosts.some((host) => isBeneath(hostname, host));
}

/** Says of a URL that is refused which host it names, why it is refused, and what to do: the end of a sentence. */
export function describeStranger(url: string, { exchangeHosts }: Service): string {
  const { host, hostname } = URL.canParse(url) ? new URL(url) : { host: "", hostname: "" };
  const others = Object.entries(CLOUDS).filter(([, { exchange }]) => isBeneath(hostname, exchange));
  const [other] = others.filter(([, { exchange }]) => !exchangeHosts.includes(exchange));
  const fix = other
    ? `set azuread:environment to "${other[0]}" if the tenant is in that cloud`
    : "check azuread:environment, and whether a proxy answers in place of Exchange";
  const what = host === "" ? `"${url}"` : `${new URL(url).protocol}//${host}`;
  return `${what}, which is not https at ${exchangeHosts.join(", ")} or beneath; nothing was sent there; ${fix}`;
}

const isBeneath = (host: string, suffix: string): boolean =>
  host === suffix || host.endsWith(`.${suffix}`);
