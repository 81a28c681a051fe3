import type { Drift } from "../drift/describe.ts";
import type { OtherChange, Statement, Stop } from "./effects.ts";
import type { Operation } from "./preview.ts";
import type { DmarcStageChange, RecordChange } from "./recordChanges.ts";
import type { SenderChange } from "./senderChanges.ts";

/** How closely a person has to look at a change. */
export type RiskLevel = "none" | "look" | "dangerous";

/** Why a change has its level. */
export interface Risk extends Statement {
  readonly level: Exclude<RiskLevel, "none">;
}

/** What a change of one stack means for mail. */
export interface StackReview {
  readonly stack: string;
  /** In plain words, a sentence without a full stop. */
  readonly headline: string;
  readonly risk: RiskLevel;
  readonly risks: readonly Risk[];
  /** Why an `up` is refused, a sentence each; empty when it is not. */
  readonly refused: readonly string[];
  readonly senders: readonly SenderChange[];
  /** Names of senders that keep what they may do. */
  readonly unchangedSenders: readonly string[];
  readonly records: readonly RecordChange[];
  readonly dmarc: readonly DmarcStageChange[];
  readonly stops: readonly Stop[];
  readonly others: readonly OtherChange[];
  /** What was changed by hand, and an up puts back. */
  readonly byHand: readonly Drift[];
  /** What goes with the next change, as it is marked with `retire`. */
  readonly retiring: readonly string[];
  readonly tell: readonly Statement[];
  readonly waits: readonly Statement[];
  readonly expiring: readonly string[];
  /** Senders and domains that differ though the base has the same of them. */
  readonly alsoOnBase: readonly string[];
  readonly resources: readonly ChangedResource[];
  readonly unchangedResources: number;
  /** All that the engine printed. */
  readonly printed: string;
}

/** A line of the resource table. */
export interface ChangedResource {
  readonly operation: Operation;
  readonly kind: string;
  readonly name: string;
  /** Names of the inputs that differ, of an update. */
  readonly properties: readonly string[];
}
