import type { Change } from "../../scripts/engine/operation.ts";
import type { HandoverResult } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";
import type { HeldConnector } from "./connectors.ts";
import type { SignIn } from "./signIn.ts";

/** One line of the story: something is done, then judged by looking at the world. */
export interface Line {
  /** Short name that sabotages refer to. */
  readonly id: string;
  /** What is true when the line is green. */
  readonly title: string;
  act(scene: Scene, told: Told): Promise<void>;
  /** Says in half a sentence what was seen; throws when it is not as the title says. */
  judge(scene: Scene, told: Told): Promise<string>;
}

/** What an act tells its judgement, and later lines. */
export interface Told {
  /** The world before anything was done. */
  readonly before: string;
  /** What the engine last said it would do or did. */
  changes: readonly Change[];
  drift: readonly Change[];
  /** The stack's output `pending` after `up`. */
  pending: unknown;
  /** What its output `senders` says of signing in. */
  signIns: Readonly<Record<string, SignIn>>;
  /** Requests that Exchange saw during the act. */
  exchangeCalls: number;
  /** Messages in the outside mailbox when the act began. */
  arrivedBefore: number;
  /** The connectors that stood in Exchange after `up`. */
  made: readonly HeldConnector[];
  /** What became of the messages that were handed in, by sender. */
  readonly handovers: Map<string, HandoverResult>;
}

export interface Outcome {
  readonly line: Line;
  readonly green: boolean;
  /** What was seen, or why it is red. */
  readonly said: string;
}

/** Something done to the world at one moment of the story. */
export interface Sabotage {
  /** Line that it turns red. */
  readonly line: string;
  /** What is done, for the table. */
  readonly title: string;
  /** Before the line acts, or between its act and its judgement. */
  readonly when: "before" | "between";
  /** @returns what undoes it once the line was judged, where the lines after it would see it */
  change(scene: Scene): unknown;
}
