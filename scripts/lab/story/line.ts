import type { Scene } from "../scene.ts";

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

/** What earlier lines tell later ones. */
export interface Told {
  /** The world before anything was done. */
  before: string;
  /** Changes that the engine announced or made, by line. */
  readonly changes: Map<string, readonly string[]>;
  /** Answers to messages that were handed in, by who sent. */
  readonly answers: Map<string, { accepted: boolean; lastReply: string }>;
  /** How many requests Exchange had seen when a line began. */
  exchangeCalls: number;
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
  change(scene: Scene): Promise<void> | void;
}
