import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** Opens a bare socket to a port of this machine, from one of its loopback addresses. */
export async function dial(port: number, from: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: from, noDelay: true });
  await once(socket, "connect");
  return socket;
}

/**
 * Says the commands one after the other over a bare socket, each when the one before is answered. A function is
 * asked for its command then.
 *
 * @param leave whether to hang up after the last one instead of waiting for the server to
 * @returns every line that was heard
 */
export async function talk(
  port: number,
  from: string,
  commands: readonly (string | (() => string))[],
  leave = false,
): Promise<string[]> {
  return converse(await dial(port, from), commands, leave);
}

/** A server's certificate name, and the root to trust. */
interface Trust {
  name: string;
  ca: string;
}

/** Opens a TLS session by STARTTLS. */
export async function dialSecurely(
  port: number,
  from: string,
  { name, ca }: Trust,
): Promise<Socket> {
  const socket = await dial(port, from);
  await once(socket, "data");
  for (const command of ["EHLO host", "STARTTLS"]) {
    socket.write(`${command}\r\n`);
    await once(socket, "data");
  }
  const secure = connectTls({ socket, servername: name, ca });
  await once(secure, "secureConnect");
  return secure;
}

/** Says the commands in a TLS session as `talk` does; answers what was heard in it. */
export async function talkSecurely(
  port: number,
  from: string,
  trust: Trust,
  [first = "QUIT", ...commands]: readonly string[],
): Promise<string[]> {
  const socket = await dialSecurely(port, from, trust);
  socket.write(`${first}\r\n`);
  return converse(socket, commands, false);
}

function converse(
  socket: Socket,
  commands: readonly (string | (() => string))[],
  leave: boolean,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const waiting = [...commands];
    let heard = "";
    let answered = 0;
    socket.on("error", reject);
    socket.on("close", () => resolve(heard.split("\r\n").filter((line) => line !== "")));
    socket.on("data", (chunk) => {
      heard += chunk;
      const finals = heard.split("\r\n").filter((line) => /^\d{3} /.test(line)).length;
      if (finals === answered) return;
      answered = finals;
      const next = waiting.shift();
      const said = typeof next === "function" ? next() : next;
      if (said !== undefined) socket.write(Buffer.from(`${said}\r\n`, "latin1"));
      if (waiting.length === 0 && leave) socket.destroySoon();
    });
  });
}
