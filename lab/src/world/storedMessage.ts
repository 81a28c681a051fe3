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
  folder: "inbox" | "junk";
  /** The bytes as received with the trace headers of this server on top, one char a byte (latin1). */
  raw: string;
}
