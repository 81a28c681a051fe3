import { type Config, ConfigError, readConfig } from "../../config/read.ts";
import type { Sender } from "../../mail/senders/sender.ts";
import { nothingToStop } from "../../mail/stop/nothing.ts";
import { connect } from "../../tenant/connection.ts";
import { exchange } from "../../tenant/exchange.ts";
import { graphClient } from "../../tenant/graphClient.ts";
import { shortNameOf } from "../engine/operation.ts";
import { PROJECT } from "../engine/runOnStack.ts";
import { loadConfig, senderNamed } from "../stack/config.ts";
import { readStackFile } from "../stack/file.ts";
import { exitCodeOf } from "../steps/ask.ts";
import { type Step, type StepOutcome, takeSteps } from "../steps/steps.ts";
import { findParts, type Part, type Tenancy } from "./parts.ts";

/** What was asked for on the command line. */
export interface Asked {
  readonly script: "stop" | "start";
  /** `prod`, or `organization/project/prod` */
  readonly stack: string;
  /** Names of senders. */
  readonly names: readonly string[];
  readonly all: boolean;
  readonly yes: boolean;
}

/** What is to be done about one sender. */
interface Plan {
  readonly steps: readonly Step[];
  /** What was asked for and can't be done, a sentence each. */
  readonly undone: readonly string[];
}

/** What became of one sender. */
export interface SenderOutcome {
  readonly sender: string;
  /** Those that send through it, left out where there are none. */
  readonly members?: readonly string[];
  readonly steps: readonly {
    readonly title: string;
    readonly outcome: StepOutcome["outcome"] | "failed";
  }[];
  /** What failed, a sentence each. */
  readonly failures: readonly string[];
}

/**
 * Takes the steps of each sender. What fails keeps nothing else from being done.
 *
 * @param planOf what to do about one sender, in the stack's tenant; `others` are the stack's senders that were not asked for
 * @throws Error when nothing can be done: no configuration, no such sender, no identity
 */
export async function takeStepsOfSenders(
  { script, stack: given, names, all, yes }: Asked,
  planOf: (
    sender: Sender,
    part: Part,
    tenancy: Tenancy,
    others: readonly Sender[],
  ) => Promise<Plan>,
): Promise<SenderOutcome[]> {
  const stack = shortNameOf(given);
  const config = await configOf(given);
  const senders = all
    ? config.senders.filter((one) => script === "stop" || nothingToStop(one) === undefined)
    : names.map((name) => senderNamed(name, config, given));
  const connection = await connect(config);
  const invoke = exchange(connection, (reason) => process.stderr.write(`${script}: ${reason}\n`));
  const graph = graphClient(connection);
  const tenancy = { owner: `${PROJECT}/${stack}`, stack, invoke, graph };
  const others = config.senders.filter((one) => !senders.includes(one));
  const outcomes: SenderOutcome[] = [];
  for (const sender of senders) {
    const failures: string[] = [];
    const failed = new Set<string>();
    let steps: StepOutcome[] = [];
    try {
      const part = await findParts(sender, tenancy);
      if (part.kind === "mailbox" && part.unread !== "") {
        failures.push(`sender "${sender.name}": its app is left as it is (${part.unread})`);
      }
      const plan = await planOf(sender, part, tenancy, others);
      failures.push(...plan.undone);
      steps = await takeSteps(
        plan.steps.map((step) =>
          goingOn(step, (sentence) => {
            failed.add(step.title);
            failures.push(sentence);
          }),
        ),
        { script, yes, dryRun: false },
      );
    } catch (error) {
      if (!(error instanceof Error) || exitCodeOf(error) !== 1) throw error;
      failures.push(`sender "${sender.name}": ${error.message}`);
    }
    outcomes.push({
      sender: sender.name,
      ...(sender.members && { members: sender.members.map(({ name }) => name) }),
      steps: steps.map((one) => (failed.has(one.title) ? { ...one, outcome: "failed" } : one)),
      failures,
    });
    if (steps.at(-1)?.outcome === "declined") break;
  }
  return outcomes;
}

/**
 * A stack's configuration, by its stack file alone where that is enough: neither the engine nor the backend is asked then.
 * What only Pulumi can read (secret values, values in Pulumi.yaml) it is asked for.
 */
async function configOf(stack: string): Promise<Config> {
  const name = shortNameOf(stack);
  const values = Object.entries(await readStackFile(name)).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    return readConfig(Object.fromEntries(values), name);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return (await loadConfig(stack)).config;
  }
}

/** A step whose failure is told, so that the next one is taken all the same. */
const goingOn = (step: Step, tell: (failure: string) => void): Step => ({
  ...step,
  isDone: () => step.isDone().catch(() => false),
  async act() {
    try {
      await step.act();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      tell(`${step.title}: ${error.message}`);
    }
  },
});
