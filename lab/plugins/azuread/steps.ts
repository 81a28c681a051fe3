import { setTimeout as sleep } from "node:timers/promises";
import { type Found, HalfMade } from "../definition.ts";
import type { Values } from "../values.ts";
import { type Graph, GraphFailure } from "./graph.ts";
import { failed, neverCame } from "./replies.ts";

/** One thing the plugin does; when it fails, the plugin's summary stands before what went wrong. */
export async function step<Result>(summary: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isPluginError(error) ? error : new Error(failed(summary, messageOf(error)).message);
  }
}

/** What follows once an object is there; when it fails, the engine keeps the object. */
export async function finish(made: Found, work: () => Promise<Values>): Promise<Found> {
  try {
    return { id: made.id, outputs: await work() };
  } catch (error) {
    throw new HalfMade(messageOf(error), made);
  }
}

/** Reads an object; nothing when Graph does not know it. */
export async function find(
  graph: Graph,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Values | undefined> {
  try {
    return await graph.call("GET", path, { query });
  } catch (error) {
    if (error instanceof GraphFailure && error.status === 404) return undefined;
    throw error;
  }
}

const TIMES_IN_A_ROW = 5;
const MOST_LOOKS = 60;
const PAUSE_MS = 5;

/**
 * Looks until something is so, five times in a row. The plugin pauses for one or five seconds between two looks.
 *
 * @see terraform-provider-azuread 3.9, helpers/consistency; terraform-plugin-sdk 2, helper/retry
 */
export async function lasting(state: string, isSo: () => Promise<boolean>): Promise<void> {
  let times = 0;
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (look > 0) await sleep(PAUSE_MS);
    times = (await isSo()) ? times + 1 : 0;
    if (times === TIMES_IN_A_ROW) return;
  }
  throw new Error(neverCame(state).message);
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const isPluginError = (error: unknown): boolean => /^1 error occurred:/.test(messageOf(error));
