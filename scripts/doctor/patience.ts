// How long services are waited for that do not answer, so that an end is in sight for who waits.
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../tenant/connection.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { isAnswerLost, isTransient } from "../../tenant/exchangeError.ts";
import type { Listener } from "./silence.ts";

/** How long an answer is waited for, in milliseconds. */
export interface Limits {
  /** One answer, of Entra, Graph or Exchange. */
  readonly call: number;
  /** Any answer at all: what is not looked at by then is unknown. */
  readonly silence: number;
}

/** Somebody waits. */
export const LIMITS: Limits = { call: 30_000, silence: 45_000 };

/** Questions without an answer, one after the other, after which Exchange is asked no more. */
const SILENT = 3;

/** Questions that Exchange is asked at the same time. */
const AT_ONCE = 8;

/** Signs in for each resource until it is refused: what Entra says once, it says to every question. */
export function remembering(
  connection: Connection,
  { call }: Limits,
  { heard }: Listener,
): Connection {
  const refusals = new Map<string, unknown>();
  const credential: Connection["credential"] = {
    async getToken(scopes, options) {
      const key = String(scopes);
      if (refusals.has(key)) throw refusals.get(key);
      const silence = sleep(call, undefined, { ref: false }).then(() => {
        throw new Error(`no answer of Entra for ${call / 1000} s`);
      });
      const token = connection.credential.getToken(scopes, options);
      return Promise.race([token, silence]).catch((error: unknown) => {
        refusals.set(key, error);
        throw error;
      });
    },
  };
  return { ...connection, credential, longestCall: call, onAnswer: () => heard() };
}

/** Asks no more once several questions in a row got no answer: each takes half a minute, and a stack has hundreds. */
export function givingUp(invoke: Invoke): Invoke {
  let silent = 0;
  let last = "";
  return async (cmdlet, parameters) => {
    if (silent >= SILENT) {
      throw new Error(
        `Exchange was asked no more, as it did not answer: ${last}; run it again later`,
      );
    }
    try {
      const answer = await invoke(cmdlet, parameters);
      silent = 0;
      return answer;
    } catch (error) {
      if (!(error instanceof Error) || !(isTransient(error) || isAnswerLost(error))) throw error;
      silent += 1;
      last = error.message.split("; ")[0] ?? "";
      throw error;
    }
  };
}

/** Asks so many questions at the same time; the others wait for their turn. */
export function inTurn(invoke: Invoke): Invoke {
  let asking = 0;
  const waiting: (() => void)[] = [];
  return async (cmdlet, parameters) => {
    if (asking < AT_ONCE) asking += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await invoke(cmdlet, parameters);
    } finally {
      const next = waiting.shift();
      if (next === undefined) asking -= 1;
      else next();
    }
  };
}
