import type { Clock } from "./clock.ts";

/** The parts of the lab that write to the log. */
export type Service =
  | "entra"
  | "graph"
  | "exchange"
  | "cloudflare"
  | "github"
  | "dns"
  | "admin"
  | "smtp"
  | "submission"
  | "highVolume"
  | "queue"
  | "mx"
  | "imap"
  | "web";

/** One thing that happened. `detail` holds plain facts and never a credential. */
export interface LogEvent {
  /** Virtual time, ISO 8601. */
  at: string;
  service: Service;
  /** What was asked: a cmdlet, "GET /v1.0/domains", an SMTP verb. */
  what: string;
  /** What came of it: an HTTP status, an SMTP reply line. */
  result: string;
  /** The lab did not know the route, cmdlet or parameter, or found the request malformed. */
  refused?: true;
  detail?: Record<string, string | number | boolean>;
}

/** Chooses events; every given field must be equal. */
export type LogQuery = Partial<Pick<LogEvent, "service" | "what" | "result" | "refused">>;

/** Append-only list of everything the outside world was asked. */
export interface Log {
  add(event: Omit<LogEvent, "at">): void;
  events(query?: LogQuery): LogEvent[];
  count(query?: LogQuery): number;
}

const keys = ["service", "what", "result", "refused"] as const;

/** Makes an empty log that stamps events with the lab's clock. */
export function makeLog(clock: Clock): Log {
  const all: LogEvent[] = [];
  const events = (query: LogQuery = {}): LogEvent[] =>
    all.filter((event) =>
      keys.every((key) => query[key] === undefined || event[key] === query[key]),
    );
  return {
    add: (event) => void all.push({ at: clock.now().toISOString(), ...event }),
    events,
    count: (query) => events(query).length,
  };
}
