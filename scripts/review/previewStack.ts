import type { EngineEvent, Stack, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { rawConfig } from "../../config/fromPulumi.ts";
import { groupOutputs } from "../../config/outputs.ts";
import { type Config, readConfig } from "../../config/read.ts";
import relay from "../../index.ts";
import type {
  Operation,
  PlannedResource,
  RelayOutputs,
  StackPreview,
} from "../../mail/review/preview.ts";
import { refusalsIn } from "../../mail/review/refusals.ts";
import { announcedNotices } from "../../mail/senders/dates.ts";
import { differencesIn } from "../engine/drift.ts";
import {
  EngineFailure,
  type OperationOptions,
  resourceOf,
  shortNameOf,
} from "../engine/operation.ts";
import { NoSuchStack, runOnEmptyStack, runOnStack } from "../engine/runOnStack.ts";
import { ownStackFile, readStackFile } from "../stack/file.ts";
import { secretValues } from "./secretValues.ts";

/**
 * Previews a stack of the backend that is logged in to, or one that has a stack file and was never brought up. Neither the
 * world nor the state is written.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @param refresh whether what was changed by hand is read first, as `up --refresh` does
 * @returns the preview, one that the engine refuses with `errors`; and values that no report may have
 * @throws Error when there is no engine or no such stack
 */
export async function previewStack(stack: string, refresh: boolean): Promise<PreviewedStack> {
  let read: ReadConfig = { config: undefined, raw: {}, secretKeys: [] };
  const program = async () => {
    read = readProgramConfig();
    return relay();
  };
  const printed: string[] = [];
  const onOutput = (text: string) => void printed.push(text);
  const preview = (opened: Stack, options: OperationOptions) =>
    opened.preview({ ...options, refresh, suppressProgress: true });
  const name = shortNameOf(stack);
  const file = await ownStackFile(name);
  const { events, errors } = await runOnStack(stack, program, preview, onOutput)
    .catch((error: unknown) => {
      if (!(error instanceof NoSuchStack) || file === undefined) throw error;
      return runOnEmptyStack(stack, program, file, preview, onOutput);
    })
    .then(
      ({ events: all }) => ({ events: all, errors: [] as readonly string[] }),
      (error: unknown) => {
        if (!(error instanceof EngineFailure)) throw error;
        return { events: error.events, errors: error.diagnostics };
      },
    );
  const { config, raw, secretKeys } = read;
  const planned = {
    stack: name,
    ...plannedIn(events, errors.length === 0),
    config,
    announced: announcedNotices(config?.senders ?? [], new Date()),
    byHand: differencesIn(events, ["refresh"]),
    errors: refusalsIn(errors),
    printed: printed.join(""),
  };
  const secrets = secretValues(process.env, raw, secretKeys, await readStackFile(name));
  return { preview: planned, secrets };
}

interface PreviewedStack {
  readonly preview: StackPreview;
  readonly secrets: readonly string[];
}

interface ReadConfig {
  /** Undefined where the program would refuse it, which its own error says. */
  readonly config: Config | undefined;
  readonly raw: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** The configuration as the program is about to read it. */
function readProgramConfig(): ReadConfig {
  const { raw, stack, secretKeys } = rawConfig();
  try {
    return { config: readConfig(raw, stack, secretKeys), raw, secretKeys };
  } catch {
    return { config: undefined, raw, secretKeys };
  }
}

const STACK = "pulumi:pulumi:Stack";

/** Resources and stack outputs, as the events of a preview have them. */
function plannedIn(
  events: readonly EngineEvent[],
  isWhole: boolean,
): Pick<StackPreview, "resources" | "outputs"> {
  const steps = new Map<string, StepEventMetadata>();
  let outputs: StackPreview["outputs"] = { before: relayOutputs({}), after: undefined };
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    const metadata = (resourcePreEvent ?? resOutputsEvent)?.metadata;
    if (metadata === undefined) continue;
    if (metadata.type === STACK) {
      const { old, new: now } = metadata;
      const before = old ? relayOutputs(old.outputs) : outputs.before;
      outputs = { before, after: isWhole ? relayOutputs(now?.outputs ?? {}) : undefined };
    } else if (resourcePreEvent !== undefined && !metadata.type.startsWith("pulumi:providers:")) {
      steps.set(metadata.urn, merged(steps.get(metadata.urn), metadata));
    }
  }
  // The engine takes them in no order.
  const resources = [...steps.values()].map(plannedResource);
  resources.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return { resources, outputs };
}

const relayOutputs = (outputs: Readonly<Record<string, unknown>>): RelayOutputs => ({
  senders: {},
  dns: {},
  ...groupOutputs(known(outputs)),
});

/** A replacement comes as several steps: what was there is in one, and what comes in another. */
function merged(one: StepEventMetadata | undefined, other: StepEventMetadata): StepEventMetadata {
  if (one === undefined || operationOf(one) !== "replace") return other;
  return {
    ...other,
    op: one.op,
    ...(one.new && { new: one.new }),
    ...(one.old && { old: one.old }),
  };
}

function operationOf({ op }: StepEventMetadata): Operation {
  switch (op) {
    case "same":
    case "read":
    case "refresh":
      return "same";
    case "create":
    case "import":
      return "create";
    case "update":
      return "update";
    case "delete":
    case "discard":
      return "delete";
    default:
      return "replace";
  }
}

function plannedResource(metadata: StepEventMetadata): PlannedResource {
  const { type: kind, name } = resourceOf(metadata);
  const operation = operationOf(metadata);
  const { old, new: now } = metadata;
  const state = (of: NonNullable<typeof old>) => ({
    inputs: known(of.inputs),
    outputs: known(of.outputs),
    isProtected: of.protect === true,
  });
  return {
    kind,
    name,
    operation,
    before: old ? state(old) : undefined,
    after: now && operation !== "delete" ? state(now) : undefined,
  };
}

/** The engine's word for a value that is not known before the `up`. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An object without what is not known, at any depth. */
function known(object: object): Record<string, unknown> {
  const pairs = Object.entries(object).filter(([, value]) => value !== UNKNOWN);
  return Object.fromEntries(
    pairs.map(([key, value]) => [
      key,
      typeof value === "object" && value !== null && !Array.isArray(value) ? known(value) : value,
    ]),
  );
}
