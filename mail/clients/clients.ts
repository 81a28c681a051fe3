// The clients that a configuration can be printed for.

import type { Client, ClientFile } from "./client.ts";
import { curl } from "./curl.ts";
import { dotnet } from "./dotnet.ts";
import { exchangeServer } from "./exchangeServer.ts";
import { exim } from "./exim.ts";
import { go } from "./go.ts";
import { java } from "./java.ts";
import { msmtp } from "./msmtp.ts";
import { nodemailer } from "./nodemailer.ts";
import { emailOauth2Proxy, printer, sNail } from "./others.ts";
import { php } from "./php.ts";
import { postfix, postfixSasl } from "./postfix.ts";
import { python } from "./python.ts";
import { type ClientSettings, WAYS, type Way } from "./settings.ts";

export const CLIENTS: readonly Client[] = [
  postfix,
  postfixSasl,
  exchangeServer,
  exim,
  msmtp,
  sNail,
  curl,
  nodemailer,
  python,
  dotnet,
  java,
  go,
  php,
  emailOauth2Proxy,
  printer,
];

/** Whether this project's tests send mail by what is printed. */
export const testedWord = ({ tested }: Client, way: Way): "tested" | "not run by us" =>
  tested.includes(way) ? "tested" : "not run by us";

/** The clients that fit a sender. */
export const clientsFor = (settings: ClientSettings): Client[] =>
  CLIENTS.filter((client) => clientProblem(client, settings) === undefined);

/** Why a client can't send for a sender, if it can't. */
export function clientProblem(client: Client, settings: ClientSettings): string | undefined {
  const { sender, way, isExchangeServer } = settings;
  if (client === exchangeServer && client.ways.includes(way) && !isExchangeServer) {
    return `"${sender}" is not said to be an Exchange server; set exchangeServer to true for it in the stack file and run up, or use postfix-sasl as a front`;
  }
  if (client.ways.includes(way)) return undefined;
  return `${client.name} can't send for "${sender}", which sends ${WAYS[way]}: ${client.otherwise}`;
}

/** A configuration as text: what has to be in place, and each file after its name. */
export function configurationText(
  client: Client,
  { sender, way, needs }: ClientSettings,
  files: readonly ClientFile[],
): string {
  const head = [
    `# ${client.title}, for "${sender}", which sends ${WAYS[way]} (${testedWord(client, way)})`,
    ...needs.map((need) => `# ${need}`),
  ];
  const parts = files.map(({ path, text }) => `\n==> ${path} <==\n${text}`);
  return `${head.join("\n")}\n${parts.join("")}`;
}
