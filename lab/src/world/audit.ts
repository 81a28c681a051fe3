/** The unified audit log, as far as it holds what administrators do in Exchange. */
export interface Audit {
  /** Whether it records anything: UnifiedAuditLogIngestionEnabled. */
  enabled: boolean;
  /** Oldest first. */
  records: AuditRecord[];
  /** How many records each search of this SessionId has got so far. */
  sessions: Record<string, number>;
}

/** One cmdlet that changed something. */
export interface AuditRecord {
  id: string;
  /** Virtual time, ISO 8601. */
  at: string;
  /** The cmdlet. */
  operation: string;
  objectId: string;
  actor: Actor;
  parameters: { Name: string; Value: string }[];
}

/** Who runs a cmdlet. */
export interface Actor {
  userId: string;
  /** Client id of the app that called Exchange. */
  appId: string;
  kind: "administrator" | "app";
}
