/** A release's state with the world and the configuration that it belongs to. */
export interface KeptState {
  readonly version: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The lab's world after `up`, as it is dumped. */
  readonly world: Readonly<Record<string, unknown>>;
  /** What `pulumi stack export` gives. */
  readonly state: { readonly version: number; readonly deployment: unknown };
}
