import { once } from "node:events";
import { connect, type Socket } from "node:net";

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
  const socket = await dial(port, from);
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
