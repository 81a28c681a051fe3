import type { Difference } from "../drift/describe.ts";
import type { Properties } from "../properties.ts";
import type { Sender } from "../senders/sender.ts";

/** What a preview does with one resource: Pulumi's words, without those for the halves of a replacement. */
export type Operation = "same" | "create" | "update" | "replace" | "delete";

/** A resource's inputs and outputs, as the engine shows them: secrets are `[secret]`, what is not known yet is left out. */
export interface ResourceState {
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly isProtected: boolean;
}

/** One resource of a stack in a preview. */
export interface PlannedResource {
  /** Its kind, e.g. `InboundConnector`. */
  readonly kind: string;
  /** Its logical name. */
  readonly name: string;
  readonly operation: Operation;
  /** What the last run left; undefined of a new one. */
  readonly before: ResourceState | undefined;
  /** What the change asks for; undefined of one that goes. Outputs are known of unchanged resources only. */
  readonly after: ResourceState | undefined;
}

/** What a stack's stack file says of it that its resources do not. */
export interface ReviewedConfig {
  readonly disposable: boolean;
  readonly waitMinutes: number;
  readonly senders: readonly Sender[];
  readonly domains: readonly {
    readonly name: string;
    readonly retire: boolean;
    readonly dns: { readonly host: "cloudflare" | "external" };
  }[];
}

/** Settings of senders and domains by their names, as a stack's outputs have them. */
export interface RelayOutputs {
  readonly senders: Readonly<Record<string, Properties>>;
  readonly dns: Readonly<Record<string, Properties>>;
}

/** A preview of a stack, as its engine reported it. */
export interface StackPreview {
  /** The stack's name, without organisation and project. */
  readonly stack: string;
  readonly resources: readonly PlannedResource[];
  /** Of the stack's outputs. A preview that failed has none after it. */
  readonly outputs: { readonly before: RelayOutputs; readonly after: RelayOutputs | undefined };
  /** Undefined where the program ended before it had read the stack file. */
  readonly config: ReviewedConfig | undefined;
  /** What is announced for its senders, a sentence each; see mail/senders/dates.ts. */
  readonly announced: readonly string[];
  /** What was changed by hand since the last run, where the preview has read it. */
  readonly byHand: readonly Difference[];
  /** Why an `up` would be refused; empty when it would not. */
  readonly errors: readonly string[];
  /** All that the engine printed. */
  readonly printed: string;
}

/** Resources that a preview changes. */
export const changedIn = ({ resources }: StackPreview): PlannedResource[] =>
  resources.filter(({ operation }) => operation !== "same");

/** Resources of some kinds. */
export const ofKinds = (
  resources: readonly PlannedResource[],
  ...kinds: readonly string[]
): PlannedResource[] => resources.filter(({ kind }) => kinds.includes(kind));
