/** What Exchange's message trace keeps, the oldest first. */
export interface MessageTrace {
  /** One entry for each recipient of a message. */
  messages: TracedMessage[];
  /** Virtual times of the queries that the throttling limit still counts, ISO 8601. */
  queries: { cmdlets: string[]; graph: string[] };
}

/** A message that Exchange took, on its way to one of its recipients. */
export interface TracedMessage {
  /** The GUID that Exchange gave the message (Network Message ID); all its recipients share it. */
  id: string;
  /** Virtual time, ISO 8601, whole seconds. */
  receivedAt: string;
  messageId: string;
  /** Envelope sender as it came; `<>` for the null sender. */
  sender: string;
  recipient: string;
  subject: string;
  /** Bytes. */
  size: number;
  /** Public address that handed the message over. */
  fromIp: string;
  events: TraceEvent[];
}

/** One thing that happened on the way. */
export interface TraceEvent {
  /** Virtual time, ISO 8601. */
  at: string;
  event: "Receive" | "Expand" | "Send" | "Deliver" | "Defer" | "Fail";
  detail: string;
  /** Facts by the names that the trace's XML has. */
  data: Record<string, string>;
  /** Public address of the server that was spoken to. @default none was */
  toIp?: string;
}
