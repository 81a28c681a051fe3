// What the checks look at: a stack, its tenant, and the world as this machine sees it.
import type { Config } from "../../config/read.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { Resolve } from "../../mail/dns/record.ts";
import { isAsMade } from "../../mail/doctor/lastUp.ts";
import { type Connection, connect } from "../../tenant/connection.ts";
import { type CmdletResult, exchange, type Invoke } from "../../tenant/exchange.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { type KnownDomain, loadConfig, outputsOf } from "../stack/config.ts";
import { givingUp, inTurn, LIMITS, type Limits, remembering } from "./patience.ts";
import { listen } from "./silence.ts";

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
  readonly limits: Limits;
  /** Settles once nothing that was asked has answered for as long as the limits say; never after `signal`. */
  silence(signal: AbortSignal): Promise<void>;
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

/** What a context is opened with beside a stack. */
interface Opening {
  readonly certificateFiles?: CheckContext["certificateFiles"];
  /** Takes a line before each pause that Exchange asks for. */
  readonly onPause?: (line: string) => void;
  readonly limits?: Limits;
}

/** Opens a stack for the checks: each answer is kept, so that several of them can ask for it. */
export function openContext(
  known: Known,
  env: Env = process.env,
  { certificateFiles = new Map(), onPause = () => {}, limits = LIMITS }: Opening = {},
): CheckContext {
  const { tenantId, environment } = known.config;
  const listener = listen();
  let connection: Promise<Connection> | undefined;
  const connected = () => {
    connection ??= connect({ tenantId, environment }, env).then((tenant) =>
      remembering(tenant, limits, listener),
    );
    return connection;
  };
  const patience = { lastTry: limits.call, longestCall: limits.call };
  const pausing = (reason: string, ms: number) => {
    listener.heard(ms);
    onPause(reason);
  };
  let asking: Promise<Invoke> | undefined;
  const ask = inTurn(
    givingUp(async (cmdlet, parameters) => {
      asking ??= connected().then((tenant) => exchange(tenant, pausing, patience));
      const invoke = await asking;
      const answer = await invoke(cmdlet, parameters);
      listener.heard();
      return answer;
    }),
  );
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
    limits,
    silence: (signal) => listener.silence(limits.silence, signal),
  };
}
