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
export function tokenFiles({ way, oauth, places }: ClientSettings): ClientFile[] {
  if (way !== "secret" && way !== "federatedIdentity") return [];
  const form = [
    "grant_type=client_credentials",
    `client_id=${oauth.clientId}`,
    `scope=${oauth.scope}`,
    ...(way === "secret"
      ? [`client_secret@${places.secret}`]
      : [
          "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          `client_assertion@${places.assertion}`,
        ]),
  ];
  const text = `#!/bin/sh
# Prints an access token for Exchange, which is valid for about an hour.
set -eu
answer=$(curl --silent --show-error --fail-with-body ${shellWord(oauth.tokenEndpoint)}${form
    .map((field) => ` \\\n  --data-urlencode ${shellWord(field)}`)
    .join("")}) || { printf '%s\\n' "$answer" >&2; exit 1; }
printf '%s\\n' "$answer" | sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p'
`;
  return [{ path: places.token, text }];
}
