/** A message at rest. */
export interface StoredMessage {
  /** Virtual time, ISO 8601. */
  at: string;
  /** Public address of the server that handed it over. */
  clientAddress: string;
  helo: string;
  /** TLS version, or null when it came in clear. */
  tls: string | null;
  envelope: { from: string; to: string[] };
  /** Where the server put it. */
  folder: "inbox" | "junk" | "quarantine";
  /** The bytes as received with the trace headers of this server on top, one char a byte (latin1). */
  raw: string;
}

/** What the limits on sending count. Everything in it is dropped once no limit looks at it any more. */
export interface ClientSubmission {
  sent: SentMessage[];
  errors: SubmissionError[];
  restricted: RestrictedSender[];
  /** What the tenant's limit counts, of all its mailboxes and connectors. @default none */
  outside?: SentOutside[];
}

/** What left the organisation, of the last 24 hours. */
export interface SentOutside {
  /** Virtual time, ISO 8601. */
  at: string;
  /** How many recipients stand outside. */
  recipients: number;
  /** Whether its sender is of the tenant's domain of onmicrosoft.com. @default false */
  fromOnMicrosoft?: boolean;
}

/** A message that was taken in, of the last 24 hours. */
export interface SentMessage {
  /** Address of the mailbox that submitted it. */
  mailbox: string;
  /** Virtual time, ISO 8601. */
  at: string;
  /** How many recipients stand inside, and how many outside. */
  internal: number;
  external: number;
}

/** A refusal of the last hour that Exchange throttles a mailbox for when there are too many. */
export interface SubmissionError {
  mailbox: string;
  /** Virtual time, ISO 8601. */
  at: string;
  kind: "send as denied" | "invalid license" | "too many recipients";
}

/** A mailbox that sent too much. */
export interface RestrictedSender {
  mailbox: string;
  /** Virtual time until which its mail bounces, ISO 8601; null until an administrator ends it. */
  until: string | null;
}
