import type { Client } from "./client.ts";
import { doubleQuoted, shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";
import { tokenFiles } from "./tokenProgram.ts";

/**
 * curl, with a program that sends one message. What is secret reaches curl on its standard input.
 *
 * @see https://curl.se/docs/manpage.html (--config, --mail-from, --ssl-reqd, --oauth2-bearer, --cert)
 */
export const curl: Client = {
  name: "curl",
  title: "curl",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity"],
  tested: ["address", "certificate", "password", "secret", "federatedIdentity"],
  otherwise:
    "curl requests no token by itself, and a shell program can't sign as a certificate needs it; use email-oauth2-proxy",
  files: (settings) => [
    { path: `${settings.sender}.curlrc`, text: curlrc(settings) },
    { path: `${settings.sender}-send`, text: program(settings) },
    ...tokenFiles(settings),
  ],
};

function curlrc({ way, host, port, from, places }: ClientSettings): string {
  const lines = [
    `url = ${doubleQuoted(`smtp://${host}:${port}`)}`,
    "ssl-reqd",
    ...(way === "address" || way === "certificate" ? ["ipv4"] : []),
    ...(way === "certificate"
      ? [`cert = ${doubleQuoted(places.chain)}`, `key = ${doubleQuoted(places.key)}`]
      : []),
    ...(way === "password" ? ['login-options = "AUTH=LOGIN"'] : []),
    `mail-from = ${doubleQuoted(from)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function program(settings: ClientSettings): string {
  return `#!/bin/sh
# Sends a message: sh ${settings.sender}-send RECIPIENT MESSAGE-FILE
set -eu
cd "$(dirname "$0")"
${secretLines(settings)}curl --silent --show-error --config ${settings.sender}.curlrc --config - --mail-rcpt "$1" --upload-file "$2"
`;
}

function secretLines({ way, user: name, places }: ClientSettings): string {
  const user = shellWord(doubleQuoted(name).slice(1, -1));
  switch (way) {
    case "address":
    case "certificate":
      return ": | ";
    case "password":
      return `printf 'user = "%s:%s"\\n' ${user} "$(cat ${shellWord(places.secret)})" | `;
    default:
      return `token=$(sh ${shellWord(places.token)})
printf 'user = "%s:"\\noauth2-bearer = "%s"\\n' ${user} "$token" | `;
  }
}
