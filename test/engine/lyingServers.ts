// Servers that don't do what they should: what they answer is the test's, a line at a time.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Lab } from "../../lab/src/lab.ts";

/** What a server answers to a line; undefined where it does as it should, `hang up` where it closes the connection. */
export type Answer = (line: string) => string | undefined;

const HANG_UP = "hang up";

/** An IMAP server over TLS with one message in its inbox. @returns its port on localhost */
export async function openLyingImap(
  lab: Lab,
  answer: Answer,
  issuer: "public" | "self-signed" = "public",
): Promise<number> {
  const context = await certificateOf(lab, "localhost", issuer);
  return listen((plain) => {
    const socket = new TLSSocket(plain, { isServer: true, ...context });
    socket.write("* OK [CAPABILITY IMAP4rev1] ready\r\n");
    speak(socket, (line) => {
      const [tag = "", command = ""] = line.split(" ");
      return answer(line)?.replaceAll("TAG", tag) ?? `${IMAP[command] ?? ""}${tag} OK done\r\n`;
    });
  });
}

const IMAP: Readonly<Record<string, string>> = {
  CAPABILITY: "* CAPABILITY IMAP4rev1\r\n",
  LIST: '* LIST () "/" "INBOX"\r\n',
  EXAMINE: "* 1 EXISTS\r\n* OK [UIDVALIDITY 1]\r\n",
  LOGOUT: "* BYE\r\n",
};

/** A mail server with STARTTLS and AUTH LOGIN. @returns its port on localhost */
export async function openLyingSmtp(lab: Lab, host: string, answer: Answer): Promise<number> {
  const context = await certificateOf(lab, host);
  return listen((plain) => {
    plain.write("220 ready\r\n");
    const hello = `250-${host} Hello [203.0.113.1]\r\n`;
    speak(plain, (line) => {
      if (!/^STARTTLS/.test(line)) return `${hello}250 STARTTLS\r\n`;
      plain.removeAllListeners("data").write("220 go\r\n");
      const secured = new TLSSocket(plain, { isServer: true, ...context });
      speak(secured, (next) => answer(next) ?? `${hello}250 AUTH LOGIN\r\n`);
      return "";
    });
  });
}

const certificateOf = async (
  lab: Lab,
  name: string,
  issuer: "public" | "self-signed" = "public",
) => {
  const { key, chain } = await lab.issueCertificate({ names: [name], issuer });
  return { key, cert: chain };
};

async function listen(greet: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    greet(socket);
  });
  await once(server.listen(0, "127.0.0.1").unref(), "listening");
  return (server.address() as AddressInfo).port;
}

function speak(socket: Socket, answer: (line: string) => string): void {
  let heard = "";
  socket.on("error", () => {});
  socket.on("data", (data: Buffer) => {
    const lines = `${heard}${data}`.split("\r\n");
    heard = lines.pop() ?? "";
    for (const line of lines) {
      const said = answer(line);
      if (said === HANG_UP) socket.destroy();
      else if (!socket.destroyed) socket.write(said);
    }
  });
}
