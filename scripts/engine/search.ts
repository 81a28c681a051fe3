/** An engine that can be run. */
export interface FoundEngine {
  kind: "found";
  /** Absolute path of the `pulumi` executable. */
  pulumi: string;
  /** The folder it lies in, with the plugins and launchers that belong to it. */
  binFolder: string;
  version: string;
  from: "PATH" | "cache" | "download" | "build";
  /** Whether it can start a Node program by itself; without, the program runs inline only. */
  languageHost: boolean;
}

export interface MissingEngine {
  kind: "missing";
  /** Each way that was tried, and why it failed. */
  reason: string;
}

/** What looking for an engine comes to. */
export type EngineSearch = FoundEngine | MissingEngine;
