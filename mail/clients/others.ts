import { type Client, PROXY_INSTEAD } from "./client.ts";
import { shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";
import { tokenFiles } from "./tokenProgram.ts";

/**
 * s-nail 14.9. The secret is in a file that lasts as long as the run.
 *
 * @see https://www.sdaoden.eu/code-nail.html (manual: mta, smtp-auth, tls-verify)
 */
export const sNail: Client = {
  name: "s-nail",
  title: "s-nail",
  ways: ["password", "secret", "federatedIdentity"],
  tested: ["password", "secret", "federatedIdentity"],
  otherwise:
    "s-nail can't be held to IPv4, and can't sign as a certificate needs it; use msmtp or Postfix for a connector, and email-oauth2-proxy for OAuth with a certificate",
  files: (settings) => [
    { path: `${settings.sender}-send`, text: sNailProgram(settings) },
    ...tokenFiles(settings),
  ],
};

function sNailProgram({ way, sender, host, port, from, user, places }: ClientSettings): string {
  const settings = [
    "set v15-compat",
    `set mta=smtp://${host}:${port}`,
    "set smtp-use-starttls tls-verify=strict sendwait nosave",
    `set smtp-auth=${way === "password" ? "login" : "oauthbearer"}`,
    `set user=${sNailText(user)} from=${sNailText(from)}`,
  ];
  const read = `${way === "password" ? "cat" : "sh"} ${shellWord(way === "password" ? places.secret : places.token)}`;
  return `#!/bin/sh
# Sends a message with its header fields from standard input: sh ${sender}-send < MESSAGE-FILE
set -eu
umask 077
secret=$(${read})
rc=$(mktemp)
trap 'rm -f "$rc"' EXIT
{
  printf '%s\\n' ${settings.map(shellWord).join(" \\\n    ")}
  printf "set password='%s'\\n" "$secret"
} > "$rc"
s-nail -:/ -X "source $rc" -t
`;
}

/** A word of s-nail, which quotes as shells do. */
const sNailText = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * email-oauth2-proxy: it listens on this machine, and signs in to Exchange by OAuth for what can't.
 *
 * @see https://github.com/simonrob/email-oauth2-proxy (emailproxy.config; the client credentials flow)
 */
export const emailOauth2Proxy: Client = {
  name: "email-oauth2-proxy",
  title: "email-oauth2-proxy, for clients that have no OAuth",
  ways: ["secret", "signInCertificate"],
  tested: [],
  otherwise:
    "it is for a client secret or a certificate of an app; without OAuth, configure the client itself, and for a federated identity use curl, msmtp, Python or nodemailer",
  files: (settings) => [{ path: "emailproxy.config", text: proxyConfig(settings) }],
};

function proxyConfig({ way, host, port, user, oauth, places }: ClientSettings): string {
  const credential =
    way === "secret"
      ? [
          "# The secret becomes the last line of this file, which only the proxy's user may read:",
          `#   (umask 077; printf 'client_secret = %s\\n' "$(cat ${shellWord(places.secret)})" >> emailproxy.config)`,
        ]
      : [`jwt_certificate_path = ${places.chain}`, `jwt_key_path = ${places.key}`];
  const lines = [
    "[SMTP-1587]",
    `server_address = ${host}`,
    `server_port = ${port}`,
    "server_starttls = True",
    "local_address = 127.0.0.1",
    "",
    `[${user}]`,
    `token_url = ${oauth.tokenEndpoint}`,
    `oauth2_scope = ${oauth.scope}`,
    "oauth2_flow = client_credentials",
    `client_id = ${oauth.clientId}`,
    ...credential,
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * A page to type from.
 *
 * @see https://learn.microsoft.com/exchange/mail-flow-best-practices/how-to-set-up-a-multifunction-device-or-application-to-send-email-using-microsoft-365-or-office-365
 */
export const printer: Client = {
  name: "printer",
  title: "a page to type from, for printers and other devices",
  ways: ["address", "password"],
  tested: [],
  otherwise: `few devices have OAuth or a certificate of their own; have them sign in to a Postfix (postfix-sasl), or ${PROXY_INSTEAD}`,
  files: (settings) => [{ path: `${settings.sender}.txt`, text: page(settings) }],
};

function page({ way, sender, host, port, from, user, places }: ClientSettings): string {
  const rows = [
    ["SMTP server", host],
    ["Port", String(port)],
    ["Encryption", "STARTTLS, TLS 1.2 or newer; not SSL on connect"],
    ["Verify certificate", "yes"],
    ["Sender address (From)", from],
    ...(way === "address"
      ? [
          ["Authentication", "none"],
          ["Network", "IPv4 only"],
        ]
      : [
          ["Authentication", "LOGIN"],
          ["User name", user],
          ["Password", `what the file ${places.secret} holds`],
        ]),
  ];
  return `${sender}\n\n${rows.map(([label = "", value]) => `${label.padEnd(24)}${value}`).join("\n")}\n`;
}
