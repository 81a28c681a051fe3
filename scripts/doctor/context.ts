// What the checks look at: a stack, its tenant, and the world as this machine sees it.
import { setTimeout } from "node:timers/promises";
import type { Config } from "../../config/read.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { Resolve } from "../../mail/dns/record.ts";
import { isAsMade } from "../../mail/doctor/lastUp.ts";
import { type Connection, connect } from "../../tenant/connection.ts";
import { type CmdletResult, exchange, type Invoke, type Patience } from "../../tenant/exchange.ts";
import { isAnswerLost, isTransient } from "../../tenant/exchangeError.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { type KnownDomain, loadConfig, outputsOf } from "../stack/config.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A stack, and how its world is asked. Nothing is signed in to before the first question. */
export interface CheckContext {
  /** Without organisation and project. */
  readonly stack: string;
  /** `project/stack`, as marks name it. */
  readonly owner: string;
  readonly config: Config;
  /** What the last `up` has made, by sender; empty before the first one, and where it could not be read. */
  readonly lastUp: ReadonlyMap<string, SenderOutput>;
  /** Why what the last `up` has made could not be read; undefined where it could. */
  readonly unread?: unknown;
  /** The same of senders that the stack file still declares in that way. */
  readonly senders: ReadonlyMap<string, SenderOutput>;
  /** What the last `up` has made, by domain. */
  readonly domains: ReadonlyMap<string, KnownDomain>;
  /** @throws what `connect` of tenant/connection.ts does */
  connect(): Promise<Connection>;
  /** Runs a cmdlet that only reads; the same one once, however many ask. */
  readonly invoke: Invoke;
  readonly resolve: Resolve;
  readonly env: Env;
  /** Files with the certificates that senders present, by sender. */
  readonly certificateFiles: ReadonlyMap<string, string>;
}

/** What is known of a stack without asking its tenant. */
export type Known = Pick<CheckContext, "stack" | "config" | "lastUp" | "domains" | "unread">;

/**
 * Reads a stack for the checks.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws ConfigError; Error when there is no stack file. A backend that can't be reached keeps nobody from looking at the rest
 */
export async function readKnown(stack: string): Promise<Known> {
  const { name, config } = await loadConfig(stack);
  try {
    const { senders: lastUp, domains } = await outputsOf(stack);
    return { stack: name, config, lastUp, domains };
  } catch (unread) {
    return { stack: name, config, lastUp: new Map(), domains: new Map(), unread };
  }
}

/** Somebody waits: no question takes longer than two of these. */
const PATIENCE: Patience = { lastTry: 60_000, longestCall: 60_000 };

/** Questions without an answer, one after the other, after which Exchange is asked no more. */
const SILENT = 3;

/**
 * Opens a stack for the checks: each answer is kept, so that several of them can ask for it.
 *
 * @param onPause takes a line before each pause that Exchange asks for
 */
export function openContext(
  known: Known,
  env: Env = process.env,
  certificateFiles: CheckContext["certificateFiles"] = new Map(),
  onPause: (line: string) => void = () => {},
): CheckContext {
  const { tenantId, environment } = known.config;
  let connection: Promise<Connection> | undefined;
  const connected = () => {
    connection ??= connect({ tenantId, environment }, env).then(remembering);
    return connection;
  };
  let asking: Promise<Invoke> | undefined;
  const ask = givingUp(async (cmdlet, parameters) => {
    asking ??= connected().then((tenant) => exchange(tenant, onPause, PATIENCE));
    return (await asking)(cmdlet, parameters);
  });
  const answers = new Map<string, Promise<CmdletResult>>();
  return {
    ...known,
    owner: `${PROJECT}/${known.stack}`,
    senders: new Map(
      known.config.senders.flatMap((sender) => {
        const made = known.lastUp.get(sender.name);
        return made !== undefined && isAsMade(sender, made) ? [[sender.name, made]] : [];
      }),
    ),
    connect: connected,
    invoke(cmdlet, parameters) {
      const question = JSON.stringify([cmdlet, parameters]);
      const answer = answers.get(question) ?? ask(cmdlet, parameters);
      answers.set(question, answer);
      return answer;
    },
    resolve: askOnce(resolver(env)),
    env,
    certificateFiles,
  };
}

/** Signs in for each resource until it is refused: what Entra says once, it says to every question. */
function remembering(connection: Connection): Connection {
  const refusals = new Map<string, unknown>();
  const credential: Connection["credential"] = {
    async getToken(scopes, options) {
      const key = String(scopes);
      if (refusals.has(key)) throw refusals.get(key);
      const { longestCall } = PATIENCE;
      const silence = setTimeout(longestCall, undefined, { ref: false }).then(() => {
        throw new Error(`no answer of Entra for ${longestCall / 1000} s`);
      });
      const token = connection.credential.getToken(scopes, options);
      return Promise.race([token, silence]).catch((error: unknown) => {
        refusals.set(key, error);
        throw error;
      });
    },
  };
  return { ...connection, credential };
}

/** Asks no more once several questions in a row got no answer: each takes a minute, and a stack has hundreds. */
function givingUp(invoke: Invoke): Invoke {
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
