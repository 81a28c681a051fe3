import type { SendingDomain } from "../dns/sendingDomain.ts";
import type { Sender } from "../senders/sender.ts";
import {
  type Attribution,
  attributionOf,
  type Filtering,
  filteringOf,
  type Outbound,
  outboundOf,
} from "./attribution.ts";
import { type AuthenticationResults, authenticationResultsOf } from "./authenticationResults.ts";
import { type Author, authorOf } from "./author.ts";
import { type Border, borderOf } from "./border.ts";
import type { Field } from "./fields.ts";
import { type Hop, hopsOf } from "./received.ts";

/** What the headers say of one thing. What they do not say is unknown, and never a pass. */
export type Judgement =
  | { readonly outcome: "pass"; readonly read: string }
  | {
      /** `not applicable`: of such a message nobody checks or does it, so that it neither passes nor fails. */
      readonly outcome: "unknown" | "not applicable";
      readonly read: string;
      readonly reason: string;
      readonly fix: string;
    }
  | {
      readonly outcome: "fail";
      readonly read: string;
      /** Logical name of the resource to mend; undefined where it is none of the stack's. */
      readonly resource: string | undefined;
      readonly reason: string;
      readonly fix: string;
    };

/** Where the recipient found the message, if somebody looked. */
export const FOLDERS = ["inbox", "junk", "quarantine"] as const;

/** What a message of a sender has to look like. */
export interface Expected {
  readonly stack: string;
  readonly tenantId: string;
  readonly sender: Sender;
  readonly domains: readonly SendingDomain[];
  /** The authserv-id of the receiver to believe. */
  readonly receiver?: string | undefined;
  readonly folder?: (typeof FOLDERS)[number] | undefined;
}

/** What a message's headers say, as far as it can be believed. */
export interface Reading {
  readonly border: Border | undefined;
  readonly results: AuthenticationResults | undefined;
  readonly hops: readonly Hop[];
  readonly author: Author | undefined;
  /** Undefined where neither the last sender nor the receiver is Exchange, so that anybody can have written it. */
  readonly attribution: Attribution | undefined;
  readonly filtering: Filtering | undefined;
  readonly outbound: Outbound;
  readonly fields: readonly Field[];
}

/** Reads header fields, top first. */
export function readingOf(fields: readonly Field[], receiver?: string): Reading {
  const border = borderOf(fields, receiver);
  const outbound = border && outboundOf(border);
  const isExchanges = outbound !== undefined || border?.isExchange === true;
  return {
    border,
    results: border && authenticationResultsOf(border.results, receiver),
    hops: hopsOf(fields),
    author: authorOf(fields),
    attribution: isExchanges ? attributionOf(fields) : undefined,
    filtering: isExchanges ? filteringOf(fields) : undefined,
    outbound,
    fields,
  };
}

/** Judges one thing of a message. */
export type Judge = (reading: Reading, expected: Expected) => Judgement;
