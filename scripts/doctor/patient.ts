// What the checks look at: a stack, its tenant, and the world as this machine sees it.
import type { Config } from "../../config/read.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { Resolve } from "../../mail/dns/record.ts";
import { type Connection, connect } from "../../tenant/connection.ts";
import { type CmdletResult, exchange, type Invoke } from "../../tenant/exchange.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { type KnownDomain, knownDomainsOf, loadConfig, senderOutputsOf } from "../stack/config.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A stack, and how its world is asked. Nothing is signed in to before the first question. */
export interface Patient {
  /** Without organisation and project. */
  readonly stack: string;
  /** `project/stack`, as marks name it. */
  readonly owner: string;
  readonly config: Config;
  /** What `up` has made, by sender; empty before the first one. */
  readonly senders: ReadonlyMap<string, SenderOutput>;
  /** The same by domain. */
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
export type Known = Pick<Patient, "stack" | "config" | "senders" | "domains">;

/**
 * Reads a stack for the checks.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws ConfigError; Error when there is no stack file, or the backend can't be reached
 */
export async function readKnown(stack: string): Promise<Known> {
  const { name, config } = await loadConfig(stack);
  const senders = await senderOutputsOf(stack);
  const domains = await knownDomainsOf(stack);
  return { stack: name, config, senders, domains };
}

/** Opens a stack for the checks: each answer is kept, so that several of them can ask for it. */
export function openPatient(
  known: Known,
  env: Env = process.env,
  certificateFiles: Patient["certificateFiles"] = new Map(),
): Patient {
  const { tenantId, environment } = known.config;
  let connection: Promise<Connection> | undefined;
  const connected = () => {
    connection ??= connect({ tenantId, environment }, env);
    return connection;
  };
  const answers = new Map<string, Promise<CmdletResult>>();
  return {
    ...known,
    owner: `${PROJECT}/${known.stack}`,
    connect: connected,
    invoke(cmdlet, parameters) {
      const question = JSON.stringify([cmdlet, parameters]);
      const answer =
        answers.get(question) ?? connected().then((tenant) => exchange(tenant)(cmdlet, parameters));
      answers.set(question, answer);
      return answer;
    },
    resolve: askOnce(resolver(env)),
    env,
    certificateFiles,
  };
}
