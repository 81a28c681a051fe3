// What an app that only reads may see of a tenant.
import { ROLE_READER_CMDLETS } from "../../mail/rights/needs.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";
import type { Tenants } from "../host/tenants.ts";

const isHidden = (error: unknown): boolean =>
  error instanceof ExchangeError &&
  error.status === 403 &&
  ROLE_READER_CMDLETS.some((cmdlet) => cmdlet === error.cmdlet);

const warned = new WeakSet<Tenants>();

/**
 * Looks at something for a refresh. What is hidden from an app that only reads counts as unchanged, which is said once a
 * run. Every other refusal is an error: a refresh that sees nothing must not end well.
 */
export async function unlessHidden<T, U>(
  tenants: Tenants,
  look: () => Promise<T>,
  unchanged: U,
): Promise<T | U> {
  try {
    return await look();
  } catch (error) {
    if (!isHidden(error)) throw error;
    if (!warned.has(tenants)) console.log(NOT_LOOKED_AT);
    warned.add(tenants);
    return unchanged;
  }
}

const NOT_LOOKED_AT = `warning: the service principals of senders in Exchange, and whether these may send, were not looked at and count as unchanged, because this app may not run ${ROLE_READER_CMDLETS.join(" and ")}; add it to the role group that docs/how-to/prepare-the-tenant.md describes to have them looked at`;
