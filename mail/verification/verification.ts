import type { Way } from "../clients/settings.ts";
import type { FOLDERS, Judgement } from "../message/reading.ts";
import type { Check } from "../message/verdict.ts";
import { chooseSubmission } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";

/** What is judged of a message that was sent: whether it was taken, whether it arrived, and then its headers. */
export type Judged = { readonly check: "handover" | "arrival" | Check } & Judgement;

/** What became of the test messages of a stack. */
export interface VerificationReport {
  readonly stack: string;
  /** ISO 8601. */
  readonly at: string;
  readonly verifications: readonly Verification[];
}

/** What became of the test message of one sender. */
export interface Verification {
  readonly sender: string;
  readonly way: Way;
  /** Empty where headers were given. */
  readonly host: string;
  readonly port: number;
  /** Undefined where headers were given, and nothing was sent. */
  readonly message: TestMessage | undefined;
  /** How it was handed over from this machine; undefined where a probe sent it from another. */
  readonly handover: Handover | undefined;
  readonly arrival: Arrival;
  readonly trace: Trace;
  readonly judged: readonly Judged[];
}

export interface TestMessage {
  /** Message-ID, with its angle brackets. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** What else the sender sends from, and this message says nothing of. */
  readonly untried: readonly string[];
}

/** How the reply of a handover begins that had no token, for a reason that is none of Entra's refusals. */
export const NO_TOKEN = "no token: ";

/** A dialogue with the server. No secret is in it. */
export interface Handover {
  readonly outcome: "accepted" | "refused" | "not connected";
  /** When it began, ISO 8601. */
  readonly at: string;
  /** The decisive reply, or why there was none. */
  readonly reply: string;
  /** `1.3`; undefined where the connection was in clear text. */
  readonly tls: string | undefined;
  readonly dialogue: readonly Line[];
}

export interface Line {
  readonly by: "client" | "server";
  /** Milliseconds since the dialogue began. */
  readonly ms: number;
  readonly text: string;
}

export type Arrival =
  | {
      readonly outcome: "arrived";
      /** Where it was found: `imap.example.com, Junk`. */
      readonly where: string;
      readonly folder: (typeof FOLDERS)[number] | undefined;
      /** The whole header, as it was found. */
      readonly header: string;
      /** The authserv-id that was believed, where one was named. */
      readonly receiver?: string | undefined;
    }
  | { readonly outcome: "not found" | "not looked for"; readonly why: string };

/** What Exchange's message trace says. */
export type Trace =
  | { readonly outcome: "traced"; readonly status: string; readonly events: readonly TraceEvent[] }
  | { readonly outcome: "not traced"; readonly why: string };

export interface TraceEvent {
  /** ISO 8601. */
  readonly at: string;
  /** As Exchange names it: `Receive`, `Send external`, `Fail`. */
  readonly event: string;
  readonly detail: string;
  /** Of `Receive`: the inbound connector that took it, if one did. */
  readonly connector?: string;
}

/** How a sender sends, by its declaration alone. */
export function declaredWay(sender: Sender): Way {
  const { relaying, submitting, highVolume } = chooseSubmission([sender]);
  const by = (submitting[0] ?? highVolume[0])?.credential.by ?? relaying[0]?.match.by;
  switch (by) {
    case "sourceIp":
      return "address";
    case "adoptedApp":
      return "secret";
    case "certificate":
      return submitting.length > 0 ? "signInCertificate" : "certificate";
    default:
      return by ?? "address";
  }
}
