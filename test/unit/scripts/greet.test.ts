// How far greeting an SMTP server comes with servers that are silent, gone, hostile or without TLS. A whole greeting is shown
// on the lab: test/engine/doctorNetwork.test.ts.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, it } from "node:test";
import { greet } from "../../../scripts/smtp/greet.ts";

/** What comes of greeting a server that does with each connection what it is told. */
async function greeting(act: (socket: Socket) => void, timeout = 5000) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    act(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await greet("mx.example", { host: "127.0.0.1", port }, timeout);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** Says a line on connection, and then one for each command. */
const saying =
  (first: string, ...replies: string[]) =>
  (socket: Socket) => {
    socket.write(first);
    socket.on("data", () => socket.write(replies.shift() ?? "500 no\r\n"));
  };

describe("greeting an SMTP server", () => {
  it("gives up on one that is silent", async () => {
    const { stage, why } = await greeting(() => {}, 50);
    assert.deepEqual([stage, why], ["greeting", "no answer for 0.05 s"]);
  });

  it("says that a port is closed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const { stage, why } = await greet("mx.example", { host: "127.0.0.1", port });
    assert.deepEqual([stage, why], ["connect", `connect ECONNREFUSED 127.0.0.1:${port}`]);
  });

  it("repeats a refusal, of more than one line and in pieces", async () => {
    const { stage, why } = await greeting((socket) => {
      socket.write("554-no\r\n55");
      setImmediate(() => socket.write("4 thanks\r\n"));
    });
    assert.deepEqual([stage, why], ["greeting", "554-no 554 thanks"]);
  });

  it("notices a connection that is closed", async () => {
    const { stage, why } = await greeting((socket) => socket.end());
    assert.deepEqual([stage, why], ["greeting", "the connection was closed"]);
  });

  it("reads no reply without an end", async () => {
    const { stage, why } = await greeting((socket) => {
      const more = () => {
        if (!socket.destroyed) socket.write("220-on and on\r\n".repeat(1000), more);
      };
      more();
    });
    assert.deepEqual([stage, why], ["greeting", "the reply has no end"]);
  });

  it("goes no further without TLS", async () => {
    const ehlo = "250-mx Hello [203.0.113.5]\r\n250 SIZE\r\n";
    const none = await greeting(saying("220 mx\r\n", ehlo, "502 no\r\n"));
    assert.deepEqual([none.stage, none.why], ["starttls", "502 no"]);
    assert.deepEqual(none.before, ["250-mx Hello [203.0.113.5]", "250 SIZE"]);
    const broken = await greeting(saying("220 mx\r\n", ehlo, "220 go\r\n", "no TLS\r\n"));
    assert.equal(broken.stage, "tls");
    assert.notEqual(broken.why, "");
    assert.equal(broken.tls, undefined);
  });
});
