import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import { type Lab, type OutsideMailbox, openLab } from "../../src/lab.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { talk } from "./talk.ts";

/** A lab whose outside mailbox gets messages, and how it is read. */
export async function openImapScene(seed: string) {
  const lab = await openLab({ seed });
  const [, bea] = lab.outsideMailboxes;
  if (bea === undefined) throw new Error("no mailbox outside");
  return {
    lab,
    bea,
    ca: readFileSync(lab.caFile, "utf8"),
    /** Hands a message for bea to the outside mail server. */
    deliver: (headers: string, body = "hello") => deliver(lab, bea, headers, body),
    /** Says commands over TLS, each once the one before is answered, and gives all that was heard. */
    speak: (...commands: readonly string[]) => speak(lab, bea, commands),
  };
}

export type ImapScene = Awaited<ReturnType<typeof openImapScene>>;

async function deliver(
  lab: Lab,
  { address }: OutsideMailbox,
  headers: string,
  body: string,
): Promise<void> {
  const lines = await talk(lab.ports.mx, loopbackOf(lab.world.addresses.stranger), [
    ...["EHLO host", "MAIL FROM:<a@b.example>", `RCPT TO:<${address}>`, "DATA"],
    `${headers}\r\n\r\n${body}\r\n.`,
    "QUIT",
  ]);
  if (!lines.some((line) => line.startsWith("250 2.0.0 Ok"))) throw new Error(lines.join("\n"));
}

/** A TLS session with the server of a mailbox; what it says is collected in `heard`. */
export async function dialImap(
  lab: Lab,
  port = lab.ports.imap,
): Promise<{ socket: TLSSocket; heard: () => string }> {
  const ca = readFileSync(lab.caFile, "utf8");
  const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca });
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk.toString("latin1");
  });
  await once(socket, "data");
  return { socket, heard: () => heard };
}

async function speak(
  lab: Lab,
  { address, password }: OutsideMailbox,
  commands: readonly string[],
): Promise<string> {
  const { socket, heard } = await dialImap(lab);
  const closed = once(socket, "close");
  const login = `a LOGIN ${address} ${password}`;
  for (const text of [login, ...commands, "z LOGOUT"]) {
    const before = heard().length;
    socket.write(Buffer.from(`${text}\r\n`, "latin1"));
    const tag = text.split(" ", 1)[0];
    const answered = new RegExp(`^(?:${tag} (?:OK|NO|BAD)|\\+ |\\* BYE)`, "m");
    while (!answered.test(heard().slice(before)) && !socket.closed) {
      await Promise.race([once(socket, "data"), closed]);
    }
  }
  await closed;
  return heard();
}
