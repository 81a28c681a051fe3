import { once } from "node:events";
import { connect as connectTcp, isIPv6, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Dialogue, Stage } from "../../mail/doctor/network/smtpServer.ts";
import type { Place } from "./route.ts";

/** Milliseconds that each step may take. */
const TIMEOUT = 10_000;

/** Octets of the longest reply that is read. */
const LONGEST = 65_536;

/**
 * Greets an SMTP server as a client would, starts TLS, greets it again and leaves. Sends no message. Never throws for what the
 * server or the network does.
 *
 * @param name the server's name, which its certificate has to have
 * @param place where to connect to; an address
 * @see RFC 3207
 */
export async function greet(name: string, place: Place, timeout = TIMEOUT): Promise<Dialogue> {
  let stage: Stage = "connect";
  let before: readonly string[] = [];
  const within: string[] = [];
  let tls: Dialogue["tls"];
  let socket: Socket | undefined;
  const soon = () => ({ signal: AbortSignal.timeout(timeout) });
  try {
    socket = connectTcp(place);
    // Whatever breaks the connection later is seen by who reads.
    socket.on("error", () => {});
    await once(socket, "connect", soon());
    const hello = `EHLO ${literal(socket.localAddress ?? "127.0.0.1")}`;
    stage = "greeting";
    await readReply(socket, "220", soon());
    stage = "hello";
    before = await ask(socket, hello, "250", soon());
    stage = "starttls";
    await ask(socket, "STARTTLS", "220", soon());
    stage = "tls";
    const secured = connectTls({ socket, servername: name, rejectUnauthorized: false });
    secured.on("error", () => {});
    await once(secured, "secureConnect", soon());
    tls = describe(secured);
    within.push(...(await ask(secured, hello, "250", soon())));
    stage = "done";
    secured.write("QUIT\r\n");
  } catch (error) {
    return { stage, why: wordsOf(error, timeout), before, within, ...(tls && { tls }) };
  } finally {
    socket?.destroy();
  }
  return { stage, before, within, ...(tls && { tls }) };
}

/** @see RFC 5321 section 4.1.3 */
const literal = (address: string): string =>
  isIPv6(address) ? `[IPv6:${address}]` : `[${address}]`;

function describe(socket: TLSSocket): NonNullable<Dialogue["tls"]> {
  const { authorized, authorizationError } = socket;
  return {
    version: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    ...(authorized ? {} : { untrusted: String(authorizationError) }),
  };
}

async function ask(
  socket: Socket,
  command: string,
  code: string,
  limit: { readonly signal: AbortSignal },
): Promise<string[]> {
  socket.write(`${command}\r\n`);
  return readReply(socket, code, limit);
}

/** @throws Error with the reply, when it has another code */
async function readReply(
  socket: Socket,
  code: string,
  limit: { readonly signal: AbortSignal },
): Promise<string[]> {
  let text = "";
  while (!/^\d{3}(?: .*)?\r?\n/m.test(text)) {
    const chunk: Buffer | null = socket.read();
    if (chunk !== null) text += chunk.toString("latin1");
    else if (socket.readableEnded || socket.destroyed) throw new Error("the connection was closed");
    else await Promise.race([once(socket, "readable", limit), once(socket, "close", limit)]);
    if (text.length > LONGEST) throw new Error("the reply has no end");
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (!lines.at(-1)?.startsWith(code)) throw new Error(lines.join(" "));
  return lines;
}

function wordsOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error);
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === "AbortError") return `no answer for ${timeout / 1000} s`;
  return message === "" ? (code ?? name) : message;
}
