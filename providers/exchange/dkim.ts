import { dkimParameters } from "../../mail/exchange/dkim.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import type { TenantLists } from "../host/tenants.ts";
import { type ExchangeObject, text } from "./find.ts";

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
  /** Its keys as DNS shows them; none until Exchange has made them. Rotation replaces one at a time. */
  readonly publicKeys: readonly string[];
  readonly adminDisplayName: string;
}

/**
 * The status of a configuration whose keys are being made, and of the one that Exchange shows where there is none: only
 * an attempt to make it says which.
 */
export const NO_KEYS = "NoDKIMKeys";

/** The DKIM configurations of a tenant's domains. */
export type DkimConfigs = TenantLists["dkimConfigs"];

/**
 * A domain's DKIM configuration. Exchange is never asked for one by its identity: where there is none, the answer is not
 * "not found" but an empty object.
 *
 * @returns undefined when the list has none of the domain
 * @throws ExchangeError
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/get-dkimsigningconfig
 * @see https://github.com/microsoft/Microsoft365DSC/issues/6982 (what an absent one is answered with)
 */
export async function findDkimConfig(
  configs: DkimConfigs,
  domain: string,
): Promise<DkimConfig | undefined> {
  const object = await configs.find(domain);
  return object && toDkimConfig(object);
}

/**
 * Changes a domain's DKIM configuration.
 *
 * @returns Exchange's warnings
 */
export async function setDkimConfig(
  invoke: Invoke,
  configs: DkimConfigs,
  domain: string,
  change: { readonly Enabled: boolean } | { readonly AdminDisplayName: string },
): Promise<readonly string[]> {
  let warnings: readonly string[] = [];
  await configs.write(domain, async () => {
    ({ warnings } = await invoke("Set-DkimSigningConfig", dkimParameters(domain, change)));
    return undefined;
  });
  return warnings;
}

/** An object of Get-DkimSigningConfig in our form, its names in lower case. */
export function toDkimConfig(object: ExchangeObject): DkimConfig {
  const lower = (key: string): string => text(object[key]).toLowerCase();
  const sizes = [object.Selector1KeySize, object.Selector2KeySize].map(Number);
  return {
    domain: lower("Domain"),
    enabled: object.Enabled === true,
    status: text(object.Status),
    selector1CNAME: lower("Selector1CNAME"),
    selector2CNAME: lower("Selector2CNAME"),
    keySize: Math.min(...sizes.map((size) => size || 0)),
    publicKeys: [object.Selector1PublicKey, object.Selector2PublicKey].map(text).filter(Boolean),
    adminDisplayName: text(object.AdminDisplayName),
  };
}
