import { withSource } from "../../reply.ts";
import type { AuditRecord } from "../../world/audit.ts";
import type { World } from "../../world/world.ts";
import { type Cmdlet, type ExchangeObject, give } from "../cmdlet.ts";
import { refusal } from "../cmdletError.ts";
import type { Bound } from "../parameters.ts";
import { dateOf, roundTrip } from "../times.ts";

/** Records of one answer without ResultSize, and the most that it may ask for. */
const RESULTS = { usual: 100, most: 5000 };

/** A search of what administrators did, by the parameters that the lab models. Reading goes on where SessionId ended. */
const searchUnifiedAuditLog: Cmdlet = {
  reads: true,
  parameters: {
    StartDate: { is: "text" },
    EndDate: { is: "text" },
    RecordType: {
      is: "enum",
      type: "Microsoft.Exchange.Data.Storage.AuditRecordType",
      names: ["ExchangeAdmin", "ExchangeItem", "AzureActiveDirectory"],
    },
    Operations: { is: "list" },
    ObjectIds: { is: "list" },
    UserIds: { is: "list" },
    ResultSize: { is: "int32" },
    SessionId: { is: "text" },
    SessionCommand: {
      is: "enum",
      type: "Microsoft.Exchange.Data.Storage.UnifiedAuditSessionCommand",
      names: ["ReturnLargeSet", "ReturnNextPreviewPage"],
    },
  },
  mandatory: ["StartDate", "EndDate"],
  run(bound, { world, clock }) {
    const size = Number(bound.text("ResultSize") ?? RESULTS.usual);
    if (size < 1 || size > RESULTS.most) {
      throw refusal("exchange.audit-result-size", { size, most: RESULTS.most });
    }
    const session = bound.text("SessionId");
    if (size > RESULTS.usual && (bound.text("SessionCommand") ?? null) === null) {
      throw refusal("exchange.audit-no-session", { size });
    }
    const found = foundBy(bound, world, clock.now());
    const begin = session ? (world.audit.sessions[session] ?? 0) : 0;
    const page = found.slice(begin, begin + size);
    if (session) world.audit.sessions[session] = begin + page.length;
    return give(
      ...page.map((record, index) => ({
        ...present(record, world),
        ResultIndex: begin + index + 1,
        ResultCount: found.length,
      })),
    );
  },
};

/** The matching records that have arrived in the log; none where auditing is off. ReturnLargeSet does not sort. */
function foundBy(bound: Bound, { audit, settings }: World, now: Date): AuditRecord[] {
  const type = bound.text("RecordType") ?? "ExchangeAdmin";
  if (!audit.enabled || type !== "ExchangeAdmin") return [];
  const [from, to] = [dateOf(bound, "StartDate"), dateOf(bound, "EndDate")];
  const isWanted = (parameter: string, value: string): boolean => {
    const wanted = bound.list(parameter);
    return (
      !Array.isArray(wanted) || wanted.some((one) => one.toLowerCase() === value.toLowerCase())
    );
  };
  const found = audit.records.filter(({ at, operation, objectId, actor }) => {
    const time = Date.parse(at);
    return (
      time >= from &&
      time < to &&
      time + settings.auditDelayMs <= now.getTime() &&
      isWanted("Operations", operation) &&
      isWanted("ObjectIds", objectId) &&
      isWanted("UserIds", actor.userId)
    );
  });
  return bound.text("SessionCommand") === "ReturnLargeSet"
    ? found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    : found.toReversed();
}

function present(record: AuditRecord, { tenant }: World): ExchangeObject {
  const { id, at, operation, objectId, actor, parameters } = record;
  const data = withSource("exchange.audit-record", {
    CreationTime: at.slice(0, 19),
    Id: id,
    Operation: operation,
    OrganizationId: tenant.id,
    RecordType: 1,
    ResultStatus: "True",
    UserKey: actor.userId,
    UserType: actor.kind === "app" ? 5 : 2,
    Version: 1,
    Workload: "Exchange",
    ObjectId: objectId,
    UserId: actor.userId,
    AppId: actor.appId,
    ClientAppId: "",
    ExternalAccess: false,
    OrganizationName: tenant.initialDomain,
    OriginatingServer: `${tenant.servers.mailbox.split(".")[0]} (15.20.9115.005)`,
    Parameters: parameters,
  });
  const { reply, source, ...auditData } = data;
  return {
    RecordType: "ExchangeAdmin",
    CreationDate: roundTrip(at),
    UserIds: actor.userId,
    Operations: operation,
    AuditData: JSON.stringify(auditData),
    Identity: id,
    IsValid: true,
    ObjectState: "Unchanged",
  };
}

/** Whether the tenant records at all. */
const getAdminAuditLogConfig: Cmdlet = {
  reads: true,
  parameters: {},
  mandatory: [],
  run: (_bound, { world }) =>
    give({
      Name: "Admin Audit Log Settings",
      Identity: "Admin Audit Log Settings",
      AdminAuditLogEnabled: true,
      AdminAuditLogAgeLimit: "90.00:00:00",
      UnifiedAuditLogIngestionEnabled: world.audit.enabled,
      IsValid: true,
    }),
};

export const unifiedAuditLogCmdlets = {
  "Get-AdminAuditLogConfig": getAdminAuditLogConfig,
  "Search-UnifiedAuditLog": searchUnifiedAuditLog,
};
