import { deepStrictEqual } from "node:assert/strict";
import type { Change } from "../../scripts/engine/operation.ts";
import type { HandoverResult } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";
import type { SignIn } from "../stack/signIn.ts";
import { comparableWorld, type HeldConnector } from "./world.ts";

/** One line of the story: something is done, then judged by what the world holds. */
export interface Line {
  /** Short name that sabotages refer to. */
  readonly id: string;
  /** What is true when the line is green. */
  readonly title: string;
  act(scene: Scene, notes: Notes): Promise<void>;
  /** Says in half a sentence what it saw; throws when it is not as the title says. */
  judge(scene: Scene, notes: Notes): Promise<string>;
}

/** What an act notes for its judgement and for later lines. */
export interface Notes {
  /** The world before anything was done, as `comparableWorld` gives it. */
  readonly worldBefore: string;
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
  /** The connectors in Exchange after `up`. */
  connectors: readonly HeldConnector[];
  /** What became of the messages that were handed in, by sender. */
  readonly handovers: Map<string, HandoverResult>;
}

/** How a line ended. */
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

export interface PlayOptions {
  /** Hears each line's title when it begins (without an outcome) and when it ends. */
  readonly onLine?: (title: string, outcome?: Outcome) => void;
  /** Ends the story after the running line. */
  readonly signal?: AbortSignal;
}

/** Plays the lines in order. A red line does not end the story: the ones after it show what it took with it. */
export async function play(
  lines: readonly Line[],
  scene: Scene,
  { onLine = () => {}, signal }: PlayOptions = {},
): Promise<{ outcomes: Outcome[]; notes: Notes }> {
  const notes = openNotes(scene);
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    if (signal?.aborted) break;
    onLine(line.title);
    const outcome = await playLine(line, scene, notes);
    outcomes.push(outcome);
    onLine(line.title, outcome);
  }
  return { outcomes, notes };
}

/** The notes before the first line. */
export function openNotes({ lab }: Scene): Notes {
  return {
    worldBefore: comparableWorld(lab),
    changes: [],
    drift: [],
    pending: undefined,
    signIns: {},
    exchangeCalls: 0,
    arrivedBefore: 0,
    connectors: [],
    handovers: new Map(),
  };
}

/** Plays one line; a sabotage strikes when it is of this line, and is undone once the line was judged. */
export async function playLine(
  line: Line,
  scene: Scene,
  notes: Notes,
  sabotage?: Sabotage,
): Promise<Outcome> {
  const undoes: unknown[] = [];
  const strike = async (when: Sabotage["when"]): Promise<void> => {
    if (sabotage?.line !== line.id || sabotage.when !== when) return;
    undoes.push(await sabotage.change(scene));
  };
  try {
    await strike("before");
    await line.act(scene, notes);
    await strike("between");
    return { line, green: true, said: await line.judge(scene, notes) };
  } catch (error) {
    return { line, green: false, said: error instanceof Error ? error.message : String(error) };
  } finally {
    for (const undo of undoes) if (typeof undo === "function") await undo();
  }
}

/** Throws with both values when they are not the same. */
export function equal(what: string, found: unknown, expected: unknown): void {
  try {
    deepStrictEqual(found, expected);
  } catch {
    throw new Error(`${what}: ${brief(found)} instead of ${brief(expected)}`);
  }
}

const brief = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 400 ? `${text.slice(0, 397)}...` : text;
};
