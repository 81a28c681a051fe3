// The SMTP session that the lab's servers share, spoken byte by byte. The words of each server are in the tests of it.
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Lab, openLab } from "../../src/lab.ts";
import { parsePath } from "../../src/smtp/path.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { dial, talk } from "./talk.ts";

describe("an SMTP session", () => {
  let lab: Lab;
  let bea: string;
  before(async () => {
    lab = await openLab({ seed: "session" });
    bea = `bea@${lab.world.outside.domain}`;
  });
  after(() => lab.close());
  beforeEach(() => {
    lab.world.outside.messages.length = 0;
  });

  const outbound = () => loopbackOf(lab.world.addresses.exchangeOutbound);
  const say = (...commands: string[]) => talk(lab.ports.mx, outbound(), commands);
  const codes = (lines: string[]) =>
    lines.filter((line) => /^\d{3} /.test(line)).map((line) => line.slice(0, 3));
  const envelope = () => ["EHLO host", "MAIL FROM:<a@b.example>", `RCPT TO:<${bea}>`, "DATA"];
  const bodyOf = (raw = "") => raw.split("\r\n\r\n").slice(1).join("\r\n\r\n");
  /** Sends chunks of bytes, each in a packet of its own, until the server hangs up. */
  async function sendChunks(chunks: readonly string[]): Promise<void> {
    const socket = await dial(lab.ports.mx, outbound());
    const closed = once(socket, "close");
    socket.resume();
    for (const chunk of chunks) {
      socket.write(Buffer.from(chunk, "latin1"));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await closed;
  }

  it("answers pipelined commands one after the other, and nothing behind QUIT", async () => {
    const lines = await say("EHLO x\r\nNOOP\r\nRSET\r\nBOGUS\r\nQUIT\r\nNOOP");
    assert.deepEqual(codes(lines), ["220", "250", "250", "250", "500", "221"]);
  });

  it("takes a message and its envelope in one packet", async () => {
    const lines = await say([...envelope(), "Subject: x\r\n\r\nhello\r\n.", "QUIT"].join("\r\n"));
    assert.deepEqual(codes(lines), ["220", "250", "250", "250", "354", "250", "221"]);
    assert.equal(bodyOf(lab.mailbox()[0]?.raw), "hello\r\n");
  });

  it("takes the dots away that SMTP adds, wherever packets end", async () => {
    const text = "Subject: x\r\n\r\n..\r\n..a\r\n...\r\nb.\r\n\r\n.\r\nQUIT\r\n";
    for (const size of [1, 2, 3, 7, text.length]) {
      const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
      await sendChunks([`${envelope().join("\r\n")}\r\n`, ...pieces]);
      assert.equal(bodyOf(lab.mailbox().at(-1)?.raw), ".\r\n.a\r\n..\r\nb.\r\n\r\n");
    }
    assert.equal(lab.mailbox().length, 5);
  });

  it("ends a message at CRLF, dot, CRLF alone, so that nobody smuggles a second one", async () => {
    const smuggled = ["\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r"].map(
      (end) => `x${end}MAIL FROM:<evil@b.example>\r\n`,
    );
    await say(...envelope(), `Subject: x\r\n\r\n${smuggled.join("")}.`, "QUIT");
    assert.equal(lab.mailbox().length, 1);
    assert.equal(lab.mailbox()[0]?.raw.split("MAIL FROM:<evil@b.example>").length, 5);
  });

  it("drops what a client sends in clear behind STARTTLS", async () => {
    const before = lab.log.count({ service: "mx", what: "NOOP" });
    const socket = await dial(lab.ports.mx, outbound());
    await once(socket, "data");
    socket.write("EHLO host\r\n");
    await once(socket, "data");
    socket.write("STARTTLS\r\nNOOP\r\nNOOP\r\n");
    const [reply] = await once(socket, "data");
    assert.equal(String(reply), "220 Ready to start TLS\r\n");
    socket.destroy();
    assert.equal(lab.log.count({ service: "mx", what: "NOOP" }), before);
  });

  it("hangs up on a line without an end, and on ten commands that there are not", async () => {
    assert.deepEqual(
      codes(await say("EHLO x", `NOOP ${"x".repeat(20_000)}`, "NOOP")).at(-1),
      "421",
    );
    const wrong = Array.from({ length: 12 }, (_, index) => `X${index}`);
    const lines = codes(await say("EHLO x", ...wrong));
    assert.deepEqual(lines.slice(2), [...Array.from({ length: 9 }, () => "500"), "421"]);
  });

  it("counts a recipient that is repeated once", async () => {
    const twice = [`RCPT TO:<${bea}>`, `RCPT TO:<${bea.toUpperCase()}>`];
    await say(...envelope().slice(0, 2), ...twice, "DATA", "Subject: x\r\n\r\n.", "QUIT");
    assert.deepEqual(lab.mailbox()[0]?.envelope.to, [bea.toUpperCase()]);
  });

  it("lets no control character of a client into a reply", async () => {
    const lines = await say("EHLO x", "MAIL FROM:<>", "RCPT TO:<a\rb@c.example>", "X\x01Y", "QUIT");
    for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
  });

  it("tells who is still there that it closes", async () => {
    const other = await openLab({ seed: "closing" });
    const socket: Socket = await dial(other.ports.mx, "127.0.0.1");
    let heard = "";
    socket.on("data", (chunk) => {
      heard += chunk;
    });
    await once(socket, "data");
    await Promise.all([other.close(), once(socket, "close")]);
    assert.match(heard, /^220 .*\r\n421 Server shutting down\r\n$/);
  });
});

describe("MAIL and RCPT", () => {
  const good = {
    "MAIL FROM:<>": "",
    "mail from: <a@b.example>": "a@b.example",
    "MAIL FROM:<a+b.c@b-d.example> SIZE=10 BODY=8bitmime SMTPUTF8 RET=HDRS ENVID=x":
      "a+b.c@b-d.example",
    "MAIL FROM:<ä@bücher.example>": "ä@bücher.example",
    "MAIL FROM:<@relay.example,@two.example:a@b.example>": "a@b.example",
    "MAIL FROM:<a@[192.0.2.1]>": "a@[192.0.2.1]",
    "RCPT TO:<Postmaster>": "Postmaster",
    "RCPT TO:<a@b.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@b.example X-OWN=1": "a@b.example",
  };
  for (const [line, address] of Object.entries(good)) {
    it(`reads ${line}`, () => {
      const path = parsePath(line.startsWith("RCPT") ? "RCPT" : "MAIL", line);
      assert.equal(path?.address, address);
      assert.equal(path?.hasGoodParameters, true);
    });
  }
  const malformed = [
    ..."MAIL FROM:a@b.example|MAIL FROM:<>x|MAIL <a@b.example>|MAIL FROM:<a b@c.example>".split(
      "|",
    ),
    ..."MAIL FROM:<.a@b.example>|MAIL FROM:<a..b@c.example>|MAIL FROM:<a.@b.example>".split("|"),
    ..."MAIL FROM:<a@@b.example>|MAIL FROM:<a@b..example>|MAIL FROM:<a@.b>|MAIL FROM:<a@b_c>".split(
      "|",
    ),
    ..."MAIL FROM:<postmaster>|RCPT TO:<>|RCPT TO:<a>|RCPT TO:<a\u0007@b.example>".split("|"),
    `MAIL FROM:<${"a".repeat(250)}@b.example>`,
  ];
  for (const line of malformed) {
    it(`refuses ${JSON.stringify(line.slice(0, 40))}`, () => {
      assert.equal(parsePath(line.startsWith("RCPT") ? "RCPT" : "MAIL", line), undefined);
    });
  }
  for (const parameters of [
    ...["SIZE=x", "SIZE", "SIZE=1 SIZE=2", "BODY=9BIT", "SMTPUTF8=1", "RET=SOME", "ENVID"],
    ...["NOTIFY=NEVER,DELAY", "NOTIFY=SOMETIMES", "ORCPT=x"],
  ]) {
    it(`knows ${parameters} for malformed`, () => {
      const path = parsePath("MAIL", `MAIL FROM:<a@b.example> ${parameters}`);
      assert.equal(path?.hasGoodParameters, false);
    });
  }
});
