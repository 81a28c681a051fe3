import type { Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";

/** A domain's DKIM configuration as Exchange has it, cut to what decides. */
export interface DkimConfig {
  readonly domain: string;
  readonly enabled: boolean;
  /** `CnameMissing`, `Valid`, `NoDKIMKeys`, … */
  readonly status: string;
  /** Empty until Exchange has made the keys. */
  readonly selector1CNAME: string;
  readonly selector2CNAME: string;
  /** Bits of the shorter key; 0 until there is one. */
  readonly keySize: number;
  readonly adminDisplayName: string;
}

/**
 * Reads a domain's DKIM configuration.
 *
 * @returns undefined when Exchange says that it has none
 * @throws ExchangeError; Error for an answer about something else: that is not "none"
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-dkimsigningconfig
 */
export async function findDkimConfig(
  invoke: Invoke,
  domain: string,
): Promise<DkimConfig | undefined> {
  try {
    const { value } = await invoke("Get-DkimSigningConfig", { Identity: domain });
    const [object] = value;
    if (String(object?.Domain).toLowerCase() === domain) return fromExchange(object ?? {});
    throw new Error(
      `Get-DkimSigningConfig: Exchange answered ${object ? `with "${String(object.Domain)}"` : "nothing"} when asked for "${domain}"; run it again`,
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An object of Get-DkimSigningConfig in our form. */
export function fromExchange(object: Readonly<Record<string, unknown>>): DkimConfig {
  const text = (key: string): string => String(object[key] ?? "").toLowerCase();
  const sizes = [object.Selector1KeySize, object.Selector2KeySize].map(Number);
  return {
    domain: text("Domain"),
    enabled: object.Enabled === true,
    status: String(object.Status ?? ""),
    selector1CNAME: text("Selector1CNAME"),
    selector2CNAME: text("Selector2CNAME"),
    keySize: Math.min(...sizes.map((size) => size || 0)),
    adminDisplayName: String(object.AdminDisplayName ?? ""),
  };
}
