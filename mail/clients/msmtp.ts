import type { Client, ClientFile } from "./client.ts";
import { shellWord } from "./quote.ts";
import type { ClientSettings } from "./settings.ts";
import { tokenFiles } from "./tokenProgram.ts";

/**
 * msmtp. It asks for no token by itself; `passwordeval` runs a program that does. `source_ip` 0.0.0.0 holds it to IPv4.
 *
 * @see https://marlam.de/msmtp/msmtp.html
 */
export const msmtp: Client = {
  name: "msmtp",
  title: "msmtp",
  ways: ["address", "certificate", "password", "secret", "federatedIdentity"],
  tested: ["address", "certificate", "password", "secret", "federatedIdentity"],
  otherwise:
    "msmtp requests no token by itself, and a shell program can't sign as a certificate needs it; use email-oauth2-proxy",
  files: (settings) => [{ path: "~/.msmtprc", text: msmtprc(settings) }, ...tokenFiles(settings)],
};

function msmtprc(settings: ClientSettings): ClientFile["text"] {
  const { sender, host, port, from } = settings;
  const lines = [
    "# Only its owner may read this file: chmod 600 ~/.msmtprc",
    `account ${sender}`,
    `host ${host}`,
    `port ${port}`,
    "tls on",
    "tls_starttls on",
    "tls_trust_file system",
    `from ${from}`,
    ...signIn(settings),
    `account default : ${sender}`,
  ];
  return `${lines.join("\n")}\n`;
}

function signIn({ way, user, places }: ClientSettings): string[] {
  switch (way) {
    case "address":
      return ["auth off", "source_ip 0.0.0.0"];
    case "certificate":
      return [
        "auth off",
        "source_ip 0.0.0.0",
        `tls_key_file ${places.key}`,
        `tls_cert_file ${places.chain}`,
      ];
    case "password":
      return ["auth login", `user ${user}`, `passwordeval cat ${shellWord(places.secret)}`];
    default:
      return ["auth xoauth2", `user ${user}`, `passwordeval sh ${shellWord(places.token)}`];
  }
}
