import type { Values } from "./values.ts";

/** What a stand-in for a Pulumi plugin offers. A session is what one engine's configuration came to. */
export interface PluginDefinition<Session> {
  /** The plugin's name: `cloudflare`. */
  readonly name: string;
  /** The version that it stands in for. */
  readonly version: string;
  /**
   * Takes an engine's configuration; the signal says that its run is cancelled.
   *
   * @throws Error that the engine shows
   */
  configure(config: Values, signal: AbortSignal): Session | Promise<Session>;
  /** By token: `cloudflare:index/dnsRecord:DnsRecord`. */
  readonly resources: Readonly<Record<string, ResourceKind<Session>>>;
  /** By token: `cloudflare:index/getZones:getZones`. */
  readonly functions: Readonly<Record<string, PluginFunction<Session>>>;
}

/** A function that programs call. */
export type PluginFunction<Session> = (args: Values, session: Session) => Promise<Values>;

/** Something wrong with a property; `property` is empty when it is not about one. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** An object outside, as it was made or read. */
export interface Found {
  readonly id: string;
  readonly outputs: Values;
}

/** An object that was made, and then something failed: the engine keeps it, and updates it the next time. */
export class HalfMade extends Error {
  override readonly name = "HalfMade";
  readonly made: Found;

  constructor(message: string, made: Found) {
    super(message);
    this.made = made;
  }
}

/**
 * One type of resource. As in the plugins that wrap a Terraform provider, everything follows from a plan: what
 * differs from it is changed, and it is what a preview shows. Secrets come as plain values.
 */
export interface ResourceKind<Session> {
  /** What a program may set. */
  readonly inputs: readonly string[];
  /** Of these, the ones whose change makes another object. */
  readonly replacedBy: readonly string[];
  /** Inputs and outputs that are secrets, whatever the program says. @default none */
  readonly secret?: readonly string[];
  /** What is wrong with the inputs, some of which may be unknown still. */
  check(inputs: Values): CheckFailure[];
  /** The outputs as they are to be, from the inputs and what is there; UNKNOWN is what only the service can tell. */
  plan(inputs: Values, old?: Values): Values;
  /** Throws for a new object that can't be made as things are; previews ask it too. */
  foresee?(plan: Values, session: Session): Promise<void>;
  /** @throws HalfMade when the object is there, but not as it was to be */
  create(plan: Values, session: Session): Promise<Found>;
  /** Nothing when it is gone; `old` is empty when it is imported. */
  read(id: string, old: Values, session: Session): Promise<Found | undefined>;
  /** Resolves to the new outputs. */
  update(id: string, plan: Values, old: Values, session: Session): Promise<Values>;
  delete(id: string, old: Values, session: Session): Promise<void>;
}

/** What an engine is told that asks for a resource type or a function that the stand-in does not have. */
export const unknownHere = (plugin: string, token: string): Error =>
  new Error(`the lab's stand-in for the ${plugin} plugin does not know ${token}`);
