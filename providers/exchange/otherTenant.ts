import type { Problem } from "../../mail/problem.ts";
import { isUnknown } from "../host/unknown.ts";

/** Says that a resource of one tenant would have to move to another, which nothing in Exchange can. */
export function otherTenant(
  olds: { readonly tenantId?: string },
  news: { readonly tenantId: string },
): Problem | undefined {
  if (olds.tenantId === undefined || isUnknown(news.tenantId)) return undefined;
  if (olds.tenantId.toLowerCase() === news.tenantId.toLowerCase()) return undefined;
  return {
    key: "tenantId",
    value: news.tenantId,
    rule: `is another tenant than the stack was made in (${olds.tenantId})`,
    fix: "use a stack of its own for each tenant",
  };
}
