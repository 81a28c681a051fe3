/** Where a fault strikes. */
export interface FaultPlace {
  service: "entra" | "graph" | "exchange" | "smtp" | "mx" | "cloudflare" | "github" | "dns";
  /**
   * Cmdlet, path ("/v1.0/domains"), method and path at GitHub ("POST /api/v3/repos/a/b/issues"), SMTP verb (MAIL, RCPT, DATA; on client submission AUTH too), or a name in lower case with its type before it
   * or without ("TXT a.example", "a.example"); any when left out.
   */
  match?: string;
}

/** What goes wrong. */
export type FaultKind =
  /** HTTP error status; `retryAfter` in seconds becomes the Retry-After header. */
  | { kind: "status"; status: 429 | 500 | 502 | 503 | 504; retryAfter?: number }
  /** GitHub's refusal of a client that does too much at once; `retryAfter` in seconds becomes the Retry-After header. */
  | { kind: "secondaryLimit"; status: 403 | 429; retryAfter?: number }
  /** Exchange's transient HTTP 400 (`CmdletProxyNotAvailableFailure`, `ServerBusyException`, …). */
  | { kind: "transient"; type: string }
  /** Exchange has too many requests of the tenant at once: HTTP 400 without JSON. */
  | { kind: "concurrency" }
  /** Exchange could not write to Entra; for a lasting reason when it will not be able to later. */
  | { kind: "dualWrite"; lasting: boolean }
  /** HTTP 200 with an error of this type in it; `ran` when the cmdlet was carried out all the same. */
  | { kind: "errorInSuccess"; type: string; ran: boolean }
  /** The token is refused as expired, HTTP 401. */
  | { kind: "expiredToken" }
  /** The request is carried out, then the connection breaks before the reply. */
  | { kind: "replyLost" }
  /** The object made by this cmdlet stays invisible to the next `reads` reads. */
  | { kind: "invisible"; reads: number }
  /** What this cmdlet changes or removes is read as it was before by the next `reads` reads. */
  | { kind: "stale"; reads: number }
  /** An SMTP reply line, such as `451 4.7.500 Server busy. Please try again later`. */
  | { kind: "smtp"; line: string }
  /** Something on the way takes STARTTLS out of the reply to EHLO. */
  | { kind: "withoutStartTls" }
  /** The request is taken and never answered; of DNS, by any server of the name. */
  | { kind: "silence" }
  /** DNS: the servers of the name fail, or send the client on to TCP. */
  | { kind: "servfail" }
  | { kind: "truncated" };

/** A fault waiting in the world. Plain data, so it is saved and dumped with the world. */
export interface Fault {
  id: string;
  where: FaultPlace;
  what: FaultKind;
  /** How many times it still strikes. */
  times: number;
}
