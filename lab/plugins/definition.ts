import type { Properties } from "./properties.ts";
import type { Values } from "./values.ts";

/** A stand-in for a Pulumi plugin. A session is what `configure` makes of one engine's configuration. */
export interface PluginDefinition<Session> {
  /** The plugin's name: `cloudflare`. */
  readonly name: string;
  /** The version that it stands in for. */
  readonly version: string;
  /**
   * Opens a session. The signal aborts when the engine cancels its run.
   *
   * @throws Error that the engine shows
   */
  configure(config: Values, signal: AbortSignal): Session | Promise<Session>;
  /** By token: `azuread:index/application:Application`. */
  readonly resources: Readonly<Record<string, ResourceType<Session>>>;
  /** By token: `cloudflare:index/getZones:getZones`. */
  readonly functions: Readonly<Record<string, PluginFunction<Session>>>;
}

/** A function that programs call. */
export type PluginFunction<Session> = (args: Values, session: Session) => Promise<Values>;

/** A resource as the service has it. */
interface ResourceState {
  readonly id: string;
  readonly outputs: Values;
}

/** The resource was created, but a later step failed: the engine keeps it in its state, and updates it next time. */
export class InitFailed extends Error {
  override readonly name = "InitFailed";
  readonly state: ResourceState;

  constructor(message: string, state: ResourceState) {
    super(message);
    this.state = state;
  }
}

/**
 * One type of resource. As in plugins that wrap a Terraform provider, everything follows from a plan: the outputs
 * as they will be. A preview shows it, and what differs from the current outputs is changed.
 */
export interface ResourceType<Session> {
  readonly properties: Properties;
  /** Adjusts the plan that follows from `properties`. @default none */
  refine?(plan: Values, old?: Values): Values;
  /** @throws InitFailed when the resource exists, but is not complete */
  create(plan: Values, session: Session): Promise<ResourceState>;
  /** Undefined when it does not exist; `old` is empty when it is imported. */
  read(id: string, old: Values, session: Session): Promise<ResourceState | undefined>;
  /** Resolves to the new outputs. */
  update(id: string, plan: Values, old: Values, session: Session): Promise<Values>;
  delete(id: string, old: Values, session: Session): Promise<void>;
}
