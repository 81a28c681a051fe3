import type { ClientFile } from "./client.ts";
import { shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";

/**
 * A shell program that prints an access token, for clients that take one from a command. The secret is read from its
 * file by curl, and is in nobody's arguments.
 *
 * @returns no file for a sender that does not sign in with OAuth
 * @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function tokenFiles(settings: ClientSettings): ClientFile[] {
  const { way, places } = settings;
  if (way !== "secret" && way !== "federatedIdentity") return [];
  const text = `#!/bin/sh
# Prints an access token for Exchange, which is valid for about an hour.
set -eu
answer=$(${tokenRequest(settings)}) || { printf '%s\\n' "$answer" >&2; exit 1; }
${PRINT_TOKEN}
`;
  return [{ path: places.token, text }];
}

/** Prints the token that is in `$answer`. */
export const PRINT_TOKEN = `printf '%s\\n' "$answer" | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p'`;

/**
 * The command that requests a token.
 *
 * @param assertion the file of an assertion, for ways that have one
 */
export function tokenRequest(
  { way, oauth, places }: ClientSettings,
  assertion = shellWord(places.assertion),
): string {
  const form = [
    "grant_type=client_credentials",
    `client_id=${oauth.clientId}`,
    `scope=${oauth.scope}`,
  ].map(shellWord);
  const proof =
    way === "secret"
      ? [shellWord(`client_secret@${places.secret}`)]
      : [
          "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          `client_assertion@${assertion}`,
        ];
  return `curl --silent --show-error --fail-with-body ${shellWord(oauth.tokenEndpoint)}${[
    ...form,
    ...proof,
  ]
    .map((field) => ` \\\n  --data-urlencode ${field}`)
    .join("")}`;
}
