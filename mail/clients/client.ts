import type { ClientSettings, Way } from "./settings.ts";

/** A file of a configuration. */
export interface ClientFile {
  readonly path: string;
  readonly text: string;
}

/** A mail client, or a library that sends mail. */
export interface Client {
  readonly name: string;
  readonly title: string;
  /** The ways that it can be configured for. */
  readonly ways: readonly Way[];
  /** Those of them that lab/test/clients sends mail by, with the printed text. */
  readonly tested: readonly Way[];
  /** Why it can't be configured for the others, and what to use. */
  readonly otherwise: string;
  readonly files: (settings: ClientSettings) => readonly ClientFile[];
}

export const PROXY_INSTEAD =
  "use email-oauth2-proxy in front of Exchange, and have this client sign in to it with a password";

export const NO_TOKENS = `it has no OAuth for the server that it sends through; ${PROXY_INSTEAD}`;
