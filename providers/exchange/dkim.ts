import type { Invoke } from "../../tenant/exchange.ts";
import { type ExchangeObject, findOne, text } from "./find.ts";

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
  const object = await findOne(invoke, "Get-DkimSigningConfig", domain, ["Domain"]);
  return object && toDkimConfig(object);
}

/** An object of Get-DkimSigningConfig in our form, its names in lower case. */
function toDkimConfig(object: ExchangeObject): DkimConfig {
  const lower = (key: string): string => text(object[key]).toLowerCase();
  const sizes = [object.Selector1KeySize, object.Selector2KeySize].map(Number);
  return {
    domain: lower("Domain"),
    enabled: object.Enabled === true,
    status: text(object.Status),
    selector1CNAME: lower("Selector1CNAME"),
    selector2CNAME: lower("Selector2CNAME"),
    keySize: Math.min(...sizes.map((size) => size || 0)),
    adminDisplayName: text(object.AdminDisplayName),
  };
}
