// The dialogue of one message with Exchange, by the way that its sender has.
import type { TLSSocket } from "node:tls";
import SMTPConnection, {
  type SMTPConnectionCustomAuthContext,
  type SMTPConnectionOptions,
  type SMTPConnectionSendInfo,
} from "nodemailer/lib/smtp-connection";
import type { ClientSettings } from "../../mail/clients/settings.ts";
import { withoutThese } from "../../mail/credentialText.ts";
import { covers } from "../../mail/senders/address.ts";
import { seenAddress, withoutSecrets } from "../../mail/verification/dialogue.ts";
import type { Handover, Line } from "../../mail/verification/verification.ts";
import { resolver } from "../../zone/resolver.ts";
import { placeOf } from "../smtp/route.ts";
import { Elsewhere, type Means } from "./means.ts";
import { requestToken } from "./token.ts";

/** A message, and how it is sent. */
export interface Sending {
  readonly settings: ClientSettings;
  readonly means: Means;
  /** Addresses and ranges that Exchange knows the sender by; empty where it knows it by something else. */
  readonly egress: readonly string[];
  /** Whether the message stays here if the server offers no STARTTLS. */
  readonly requireTls: boolean;
  readonly to: readonly string[];
  /** The whole message, RFC 5322. */
  readonly message: string;
  /** The address of this machine to connect from. */
  readonly localAddress: string | undefined;
}

/** How it went. */
export interface Sent {
  readonly handover: Handover;
  /** The Message-ID that Exchange's 250 names. */
  readonly id: string | undefined;
}

/** How long a step of the dialogue may take, in milliseconds. Exchange holds the last reply back while it stores the message. */
const CONNECT_MS = 30_000;
const ANSWER_MS = 120_000;

/** How long a server may take to say goodbye, in milliseconds. */
const GOODBYE_MS = 5_000;

/** The longest dialogue, in lines; a server that asks on and on is left. */
const MOST_LINES = 1_000;

/**
 * Hands a message over. Never throws for what Exchange or Entra say.
 *
 * @throws Elsewhere where Exchange sees another address than it knows the sender by; nothing was sent then
 */
export async function send(sending: Sending): Promise<Sent> {
  const { settings, means, to, message } = sending;
  const began = new Date();
  const lines: Line[] = [];
  const since = () => Date.now() - began.getTime();
  const say = (by: Line["by"], text: string) => {
    if (lines.length < MOST_LINES) lines.push({ by, ms: since(), text });
    else connection?.emit("error", new Error(`the dialogue has more than ${MOST_LINES} lines`));
  };
  const secrets = secretsOf(means);
  // A server, or what stands in its place, can repeat what it was told.
  const hide = (text: string) => withoutThese(text, secrets);
  const ended = (outcome: Handover["outcome"], reply: string, tls?: string): Handover => ({
    ...{ outcome, at: began.toISOString(), reply: hide(reply), tls },
    dialogue: withoutSecrets(lines).map((line) => ({ ...line, text: hide(line.text) })),
  });
  let connection: SMTPConnection | undefined;
  let tls: string | undefined;
  try {
    const token = means.by === "token" ? await requestToken(settings, means.proof) : undefined;
    if (token !== undefined) secrets.push(...written(token));
    connection = new SMTPConnection({
      ...(await optionsOf(sending, token)),
      logger: loggerTo(say),
    });
    const unlessBroken = watch(connection);
    await unlessBroken(connected(connection));
    tls = tlsOf(connection);
    demandOwnAddress(sending, lines);
    if (means.by === "password") {
      await unlessBroken(login(connection, "LOGIN", settings.user, means.password));
    }
    if (token !== undefined) await unlessBroken(login(connection, TOKEN, settings.user));
    const envelope = { from: settings.from, to: [...to] };
    const info = await unlessBroken(handOver(connection, envelope, message));
    const [refused] = info.rejectedErrors ?? [];
    const outcome = refused === undefined ? "accepted" : "refused";
    return { handover: ended(outcome, refused?.response ?? info.response, tls), id: idIn(info) };
  } catch (error) {
    if (error instanceof Elsewhere) throw error;
    const { response, message: words } = error as Error & { response?: unknown };
    const handover =
      typeof response === "string" && response !== ""
        ? ended("refused", response, tls)
        : ended("not connected", words, tls);
    return { handover, id: undefined };
  } finally {
    leave(connection);
  }
}

/** Says goodbye, and does not wait long for the answer. */
function leave(connection: SMTPConnection | undefined): void {
  if (connection === undefined) return;
  connection.quit();
  setTimeout(() => connection.close(), GOODBYE_MS).unref();
}

/** What a sender signs in with, in clear text and as it is sent. */
function secretsOf(means: Means): string[] {
  if (means.by === "password") return written(means.password);
  return means.by === "token" && means.proof.by === "secret" ? written(means.proof.secret) : [];
}

const written = (secret: string): string[] => [secret, Buffer.from(secret).toString("base64")];

/** Connectors match IPv4 only, so that such a message goes over nothing else. */
async function optionsOf(
  { settings, means, requireTls, localAddress }: Sending,
  token: string | undefined,
): Promise<SMTPConnectionOptions> {
  const { host, port, user } = settings;
  const place = placeOf({ host, port });
  const relays = means.by === "address" || means.by === "certificate";
  const address = relays && place.host === host ? await addressOf(host) : place.host;
  return {
    host: address,
    port: place.port,
    requireTLS: requireTls,
    tls: {
      servername: host,
      ...(means.by === "certificate" && { key: means.key, cert: means.chain }),
    },
    ...(localAddress !== undefined && { localAddress }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    transactionLog: true,
    ...(token !== undefined && { customAuth: { [TOKEN]: withToken(user, token) } }),
  };
}

async function addressOf(host: string): Promise<string> {
  const answer = await resolver()(host, "A");
  const [address] = answer.status === "found" ? answer.records : [];
  if (address !== undefined) return address;
  const why = answer.status === "failed" ? answer.why : `DNS has no A record of ${host}`;
  throw new Error(why);
}

/** A name for XOAUTH2 of our own: nodemailer's signs in a second time after a refusal, and loses the words of the first. */
const TOKEN = "XOAUTH2-ONCE";

const withToken =
  (user: string, token: string) =>
  async ({ sendCommand }: SMTPConnectionCustomAuthContext): Promise<void> => {
    const response = Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`);
    const first = await sendCommand(`AUTH XOAUTH2 ${response.toString("base64")}`);
    const last = first.status === 334 ? await sendCommand("") : first;
    if (last.status !== 235) throw new Error("the sign-in was refused");
  };

/** Nothing is sent as a sender that Exchange would not take this machine for. */
function demandOwnAddress({ settings, egress }: Sending, dialogue: readonly Line[]): void {
  if (settings.way !== "address") return;
  const seen = seenAddress(dialogue);
  if (seen !== undefined && egress.some((range) => covers(range, seen))) return;
  const here = seen === undefined ? "an address that Exchange does not name" : seen;
  throw new Elsewhere(
    `this machine connects from ${here}, and the sender's egress is ${egress.join(", ")}`,
  );
}

/** The socket is public, although its name does not look so. */
const tlsOf = ({ _socket: socket }: SMTPConnection): string | undefined =>
  socket && "getProtocol" in socket
    ? ((socket as TLSSocket).getProtocol() ?? "").replace(/^TLSv/, "") || undefined
    : undefined;

/** Replies of several lines become one line each. */
function loggerTo(say: (by: Line["by"], text: string) => void) {
  const ignore = (): void => {};
  return {
    ...{ level: ignore, trace: ignore, info: ignore, warn: ignore, error: ignore, fatal: ignore },
    debug(entry: unknown, text: unknown) {
      const { tnx } = (entry ?? {}) as { tnx?: string };
      if (tnx !== "client" && tnx !== "server") return;
      for (const line of String(text).split(/\r?\n/)) say(tnx, line);
    },
  };
}

const idIn = ({ response }: SMTPConnectionSendInfo): string | undefined =>
  /^250 2\.\d\.\d (<[^<>\s]+@[^<>\s]+>) \[InternalId=/.exec(response)?.[1];

/** A step's callback does not come when the connection breaks, so each step has to be waited for by what this gives. */
function watch(connection: SMTPConnection): <T>(step: Promise<T>) => Promise<T> {
  const broken = new Promise<never>((_, reject) => {
    connection.on("error", (error) => {
      reject(error);
      connection.close();
    });
    connection.on("end", () => reject(new Error("the server closed the connection")));
  });
  broken.catch(() => {});
  return (step) => Promise.race([broken, step]);
}

const connected = (connection: SMTPConnection): Promise<void> =>
  new Promise((resolve, reject) =>
    connection.connect((error) => (error ? reject(error) : resolve())),
  );

const login = (
  connection: SMTPConnection,
  method: "LOGIN" | typeof TOKEN,
  user: string,
  pass = "",
): Promise<void> =>
  new Promise((resolve, reject) =>
    connection.login({ method, user, pass, credentials: { user, pass } }, (error) =>
      error ? reject(error) : resolve(),
    ),
  );

const handOver = (
  connection: SMTPConnection,
  envelope: { readonly from: string; readonly to: string[] },
  message: string,
): Promise<SMTPConnectionSendInfo> =>
  new Promise((resolve, reject) =>
    connection.send(envelope, message, (error, info) =>
      error || info === undefined ? reject(error) : resolve(info),
    ),
  );
