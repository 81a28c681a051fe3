import type { Problem } from "./problem.ts";

export const GUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** The tenant id of Microsoft's own examples. */
export const TENANT_ID_EXAMPLE = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

/**
 * Says that a value can't be the id of a tenant: it is no GUID, or the same character throughout, as placeholders are.
 *
 * @see https://learn.microsoft.com/entra/fundamentals/how-to-find-tenant
 */
export function tenantIdProblem(key: string, value: string): Problem | undefined {
  const fix = `use the Tenant ID that the Entra admin centre shows under Overview, e.g. "${TENANT_ID_EXAMPLE}"`;
  if (!GUID.test(value)) return { key, value, rule: "is not a GUID", fix };
  const isPlaceholder = new Set(value.replaceAll("-", "")).size === 1;
  return isPlaceholder ? { key, value, rule: "is a placeholder", fix } : undefined;
}
