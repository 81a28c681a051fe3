import type { Problem } from "./problem.ts";

export const GUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** The tenant id of Microsoft's own examples. */
export const TENANT_ID_EXAMPLE = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

/**
 * Tenants of Microsoft's own that are in tokens and pages, and are nobody's organisation: personal accounts, and
 * Microsoft's services.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference (tid)
 */
const MICROSOFTS = ["9188040d-6c67-4c5b-b112-36a304b66dad", "f8cdef31-a31e-4b4a-93e4-5f571e91255a"];

/** Digits as people count them up: `12345678-1234-…`, `01234567-89ab-cdef-…`. */
const COUNTED = /^0?12345678-?(?:1234-){3}1234|^01234567-89ab-cdef-/;

/**
 * Says that a value can't be the id of a tenant: it is no GUID, one of Microsoft's own, or made up, as placeholders are.
 *
 * @see https://learn.microsoft.com/entra/fundamentals/how-to-find-tenant
 */
export function tenantIdProblem(key: string, value: string): Problem | undefined {
  const fix = `use the Tenant ID that the Entra admin centre shows under Overview, e.g. "${TENANT_ID_EXAMPLE}"`;
  const problem = (rule: string): Problem => ({ key, value, rule, fix });
  if (!GUID.test(value)) return problem("is not a GUID");
  const id = value.toLowerCase();
  if (MICROSOFTS.includes(id)) return problem("is a tenant of Microsoft's own");
  const digits = id.replaceAll("-", "");
  const isAlmostZero = /^0{8}-0{4}-0{4}-0{4}-/.test(id);
  const isMadeUp = new Set(digits).size === 1 || isAlmostZero || COUNTED.test(id);
  return isMadeUp ? problem("is a placeholder") : undefined;
}
