import { randomUUID } from "node:crypto";
import type { AuditRecord } from "../mail/drift/authors.ts";
import type { Invoke } from "./exchange.ts";

/** Records of one answer: a page of the admin API, as the next search of the session would go on after it. */
const PAGE = 1000;
/** The log gives no more of one search (Search-UnifiedAuditLog). */
const MOST = 50_000;

/**
 * What administrators did in Exchange, in no order. A record comes 60 to 90 minutes after the act, as a rule.
 *
 * @see https://learn.microsoft.com/powershell/module/exchangepowershell/search-unifiedauditlog
 * @throws ExchangeError; 403 for an app without the role View-Only Audit Logs
 */
export async function searchAuditLog(
  invoke: Invoke,
  { cmdlets, from, to }: { cmdlets: readonly string[]; from: Date; to: Date },
): Promise<AuditRecord[]> {
  const parameters = {
    StartDate: inUtc(from),
    EndDate: inUtc(to),
    RecordType: "ExchangeAdmin",
    Operations: cmdlets,
    SessionId: randomUUID(),
    SessionCommand: "ReturnLargeSet",
    ResultSize: PAGE,
  };
  const records: AuditRecord[] = [];
  for (let seen = 0; seen < MOST; ) {
    const { value } = await invoke("Search-UnifiedAuditLog", parameters);
    records.push(...value.flatMap(({ AuditData }) => readRecord(AuditData)));
    seen += value.length;
    if (value.length === 0 || seen >= Number(value[0]?.ResultCount)) break;
  }
  return records;
}

/**
 * Whether the tenant's unified audit log is on.
 *
 * @throws ExchangeError
 */
export async function isAuditing(invoke: Invoke): Promise<boolean> {
  const { value } = await invoke("Get-AdminAuditLogConfig", {});
  return value[0]?.UnifiedAuditLogIngestionEnabled !== false;
}

/** A time as Search-UnifiedAuditLog takes it. */
export const inUtc = (time: Date): string =>
  `${time.toISOString().slice(0, 19).replace("T", " ")}Z`;

/**
 * A record of a cmdlet that succeeded. What is not one, or can't be read, is left out.
 *
 * @param json the AuditData of a result
 * @see https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema#exchange-admin-schema
 */
export function readRecord(json: unknown): AuditRecord[] {
  const data = parse(json);
  const { CreationTime, UserId, AppId, Operation, ObjectId, ResultStatus, Parameters } = data;
  const when = new Date(`${CreationTime}`.replace(/Z?$/, "Z"));
  if (Number.isNaN(when.getTime()) || /^(false|failed)$/i.test(`${ResultStatus}`)) return [];
  const given = Array.isArray(Parameters) ? (Parameters as { Name: string; Value: string }[]) : [];
  return [
    {
      when: when.toISOString(),
      who: text(UserId) || `app ${text(AppId)}`,
      appId: text(AppId),
      cmdlet: text(Operation),
      objectId: text(ObjectId),
      parameters: Object.fromEntries(given.map(({ Name, Value }) => [Name, text(Value)])),
    },
  ];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function parse(json: unknown): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(`${json}`)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
