import { DAY } from "../../mail/days.ts";
import { type AuditRecord, type Author, authorsOf, cmdletsOf } from "../../mail/drift/authors.ts";
import type { Difference } from "../../mail/drift/describe.ts";
import { counted } from "../../mail/numberText.ts";
import { isAuditing, searchAuditLog } from "../../tenant/auditLog.ts";
import { connect, type Tenant } from "../../tenant/connection.ts";
import { exchange, type Invoke } from "../../tenant/exchange.ts";
import { ExchangeError } from "../../tenant/exchangeError.ts";

/** How far back a search goes, in milliseconds. */
const LONGEST = 90 * DAY;

/** Who made which differences. */
export interface Authors {
  /** Those of a difference; none where the log does not say. */
  of(difference: Difference): readonly Author[];
  /** Why the log does not say it of some, a sentence each without a full stop. */
  readonly missing: readonly string[];
}

/**
 * Looks up in each tenant's unified audit log who made the differences in Exchange: one search a tenant. It never throws:
 * a log that can't be read is a reason in `missing`.
 */
export async function findAuthors(differences: readonly Difference[]): Promise<Authors> {
  const found = new Map<Difference, readonly Author[]>();
  const missing: string[] = [];
  const logged = differences.filter((difference) => cmdletsOf(difference).length > 0);
  const ours = [process.env.ARM_CLIENT_ID ?? ""].filter((id) => id !== "");
  for (const [, some] of Map.groupBy(logged, ({ before }) => `${before.tenantId}`)) {
    try {
      const { tenantId, environment } = some[0]?.before as unknown as Tenant;
      const invoke = exchange(await connect({ tenantId, environment }));
      const records = await search(invoke, some);
      for (const one of some) found.set(one, authorsOf(one, records, ours));
      const unknown = some.filter((one) => found.get(one)?.length === 0).length;
      if (unknown > 0) missing.push(await whyNot(invoke, unknown));
    } catch (error) {
      missing.push(`who changed Exchange by hand is not known: ${reasonOf(error)}`);
    }
  }
  return { of: (difference) => found.get(difference) ?? [], missing };
}

/** This machine's clock may be slow, so the range ends tomorrow. */
function search(invoke: Invoke, differences: readonly Difference[]): Promise<AuditRecord[]> {
  const now = Date.now();
  const oldest = Math.min(...differences.map(({ since }) => Date.parse(since ?? "") || 0));
  return searchAuditLog(invoke, {
    cmdlets: [...new Set(differences.flatMap(cmdletsOf))],
    from: new Date(Math.max(oldest, now - LONGEST)),
    to: new Date(now + DAY),
  });
}

async function whyNot(invoke: Invoke, unknown: number): Promise<string> {
  const what = `who made ${counted(unknown, "change")} in Exchange is not known`;
  const isOn = await isAuditing(invoke).catch(() => undefined);
  if (isOn === false) {
    return `${what}: the tenant's audit log is off; turn it on with Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true`;
  }
  return `${what}: the audit log has no record of it; one takes 60 to 90 minutes as a rule, so look again later`;
}

function reasonOf(error: unknown): string {
  if (error instanceof ExchangeError && error.status === 403) {
    return "the app may not run Search-UnifiedAuditLog; put it into a role group of Exchange with the role View-Only Audit Logs, see docs/how-to/prepare-the-tenant.md";
  }
  return error instanceof Error ? error.message : String(error);
}
