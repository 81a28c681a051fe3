// The IMAP server of the mailboxes outside: spoken octet by octet, and read with imapflow, a client that is not ours.
// Python's and curl's clients are in lab/test/clients. Does not prove that Dovecot itself answers so.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { ImapFlow } from "imapflow";
import type { StoredMessage } from "../../src/lab.ts";
import { dialImap, type ImapScene, openImapScene } from "./imapScene.ts";

describe("IMAP outside", () => {
  let scene: ImapScene;
  before(async () => {
    scene = await openImapScene("imap");
    const { lab, deliver } = scene;
    await deliver("Message-ID: <one@b.example>\r\nFrom: Ann <ann@b.example>\r\nSubject: first");
    lab.clock.advance(3 * 86_400_000);
    await deliver("Message-ID: <two@b.example>\r\nSubject: a\r\n long one", "second\r\n\r\ntext");
    await deliver("Message-ID: <junk@b.example>\r\nSubject: prize");
    Object.assign(lab.world.outside.messages[2] ?? {}, { folder: "junk" });
  });
  after(() => scene.lab.close());

  const rawOf = (index: number) => scene.lab.mailbox()[index]?.raw ?? "";
  function open(auth: { user?: string; pass?: string } = {}): ImapFlow {
    const { bea, ca } = scene;
    return new ImapFlow({
      ...{ host: "localhost", port: bea.imap.port, secure: true, tls: { ca }, logger: false },
      auth: { user: bea.address, pass: bea.password, ...auth },
    });
  }
  /** The lines that answer one command after INBOX was selected. */
  async function answers(command: string): Promise<string[]> {
    const heard = await scene.speak("s SELECT INBOX", `b ${command}`);
    const [, rest = ""] = heard.split(/^s .*\r\n/m);
    return (
      rest
        .split(/^z |^\* BYE/m, 1)[0]
        ?.split("\r\n")
        .slice(0, -1) ?? []
    );
  }

  it("imapflow finds a message by its Message-ID and gets its octets", async () => {
    const client = open();
    await client.connect();
    const lock = await client.getMailboxLock("INBOX");
    const uids = await client.search(
      { header: { "Message-ID": "<two@b.example>" } },
      { uid: true },
    );
    assert.deepEqual(uids, [2]);
    const found = await client.fetchOne(
      "2",
      { source: true, size: true, internalDate: true },
      { uid: true },
    );
    assert.ok(found);
    assert.equal(found.source?.toString("latin1"), rawOf(1));
    assert.equal(found.size, rawOf(1).length);
    const at = new Date(scene.lab.mailbox()[1]?.at ?? 0).setMilliseconds(0);
    assert.equal(new Date(found.internalDate ?? 0).getTime(), at);
    lock.release();
    await client.logout();
  });

  it("imapflow is told which folder is for spam, and finds what lies there", async () => {
    const client = open();
    await client.connect();
    const junk = (await client.list()).find(({ specialUse }) => specialUse === "\\Junk");
    assert.equal(junk?.path, "Junk");
    const lock = await client.getMailboxLock("Junk");
    assert.deepEqual(await client.search({ subject: "PRIZE" }, { uid: true }), [3]);
    lock.release();
    await client.logout();
  });

  it("tells an idle client of a message that comes", async () => {
    const client = open();
    await client.connect();
    const lock = await client.getMailboxLock("INBOX");
    const idle = client.idle();
    const exists = once(client, "exists");
    await scene.deliver("Message-ID: <idle@b.example>\r\nSubject: late");
    const [{ prevCount, count }] = await exists;
    assert.deepEqual([prevCount, count], [2, 3]);
    lock.release();
    await client.logout();
    await idle;
    scene.lab.world.outside.messages.pop();
  });

  it("refuses a wrong password and an unknown mailbox in the same words, and shows nothing", async () => {
    const before = scene.lab.dump();
    for (const auth of [
      { pass: "wrong" },
      { pass: scene.bea.password.slice(0, -1) },
      { user: `nobody@${scene.lab.world.outside.domain}` },
    ]) {
      const refused = await open(auth)
        .connect()
        .catch((error: Error & { responseText?: string; serverResponseCode?: string }) => error);
      assert.ok(refused instanceof Error);
      assert.deepEqual(
        [refused.serverResponseCode, refused.responseText],
        ["AUTHENTICATIONFAILED", "Authentication failed."],
      );
    }
    const { socket, heard } = await dialImap(scene.lab);
    socket.write("b SELECT INBOX\r\nc LOGOUT\r\n");
    await once(socket, "close");
    const [, ...lines] = heard().split("\r\n");
    assert.deepEqual(lines.slice(0, -1), [
      "b BAD Error in IMAP command received by server.",
      "* BYE Logging out",
      "c OK Logout completed.",
    ]);
    assert.deepEqual(scene.lab.dump(), before);
  });

  it("shows a mailbox its own messages alone", async () => {
    const [postmaster] = scene.lab.outsideMailboxes;
    const client = open({ user: postmaster?.address ?? "", pass: postmaster?.password ?? "" });
    await client.connect();
    assert.partialDeepStrictEqual(await client.status("INBOX", { messages: true }), {
      messages: 0,
    });
    await client.logout();
  });

  const searches: [string, string][] = [
    ["SEARCH ALL", "1 2"],
    ["SEARCH UID 2", "2"],
    ["SEARCH 2:*", "2"],
    ["UID SEARCH *", "2"],
    ["SEARCH FROM ANN@b.example", "1"],
    ["SEARCH SUBJECT {6+}\r\na long", "2"],
    ["SEARCH HEADER Message-ID <one@b.example> SUBJECT first", "1"],
    ["SEARCH NOT (FROM ann)", "2"],
    ["SEARCH OR SUBJECT first SUBJECT long", "1 2"],
    ["SEARCH CHARSET UTF-8 UNSEEN", "1 2"],
    ["SEARCH SEEN", ""],
    ["SEARCH HEADER X-None {0+}\r\n", ""],
  ];
  for (const [command, numbers] of searches) {
    it(`finds ${numbers || "nothing"} by ${JSON.stringify(command)}`, async () => {
      const lines = await answers(command);
      assert.deepEqual(lines, [`* SEARCH ${numbers}`.trim(), "b OK Search completed."]);
    });
  }

  it("finds messages by the day they came", async () => {
    const [first, second] = scene.lab.mailbox().map(({ at }) => new Date(at));
    const day = (date = new Date(0)) => {
      const [, d, m, y] = date.toUTCString().split(" ");
      return `${Number(d)}-${m}-${y}`;
    };
    assert.equal((await answers(`SEARCH SINCE ${day(second)}`))[0], "* SEARCH 2");
    assert.equal((await answers(`SEARCH BEFORE ${day(second)}`))[0], "* SEARCH 1");
    assert.equal((await answers(`SEARCH ON ${day(first)}`))[0], "* SEARCH 1");
  });

  it("gives headers, chosen fields, the text and a part of the octets", async () => {
    const raw = rawOf(1);
    const header = raw.slice(0, raw.indexOf("\r\n\r\n") + 4);
    const sections: [string, string, string][] = [
      ["BODY.PEEK[HEADER]", "BODY[HEADER]", header],
      ["RFC822.HEADER", "RFC822.HEADER", header],
      ["BODY[TEXT]", "BODY[TEXT]", "second\r\n\r\ntext\r\n"],
      [
        "body[header.fields (subject)]",
        "BODY[HEADER.FIELDS (SUBJECT)]",
        "Subject: a\r\n long one\r\n\r\n",
      ],
      ["BODY[]<0.11>", "BODY[]<0>", raw.slice(0, 11)],
      ["RFC822", "RFC822", raw],
    ];
    for (const [item, name, octets] of sections) {
      const heard = (await answers(`FETCH 2 (UID ${item})`)).join("\r\n");
      const expected = `* 2 FETCH (UID 2 ${name} {${octets.length}}\r\n${octets})\r\nb OK Fetch completed.`;
      assert.equal(heard, expected);
    }
  });

  it("takes a name and a password as literals, asked for one after the other", async () => {
    const { bea, lab } = scene;
    const { socket, heard } = await dialImap(lab);
    for (const said of [
      `b LOGIN {${bea.address.length}}`,
      `${bea.address} {${bea.password.length}}`,
    ]) {
      socket.write(`${said}\r\n`);
      await once(socket, "data");
    }
    socket.write(`${bea.password}\r\nc LOGOUT\r\n`);
    await once(socket, "close");
    const [, ...lines] = heard().split("\r\n");
    assert.deepEqual(
      lines.map((line) => line.replace(/\[CAPABILITY .*\] /, "")),
      ["+ OK", "+ OK", "b OK Logged in", "* BYE Logging out", "c OK Logout completed.", ""],
    );
  });

  it("refuses what it does not know, and changes nothing", async () => {
    const before = scene.lab.dump();
    const refusals: [string, RegExp][] = [
      ["STORE 1 +FLAGS (\\Deleted)", /^b BAD Error in IMAP command STORE: Unknown command\.$/],
      ["EXPUNGE", /^b BAD Error in IMAP command EXPUNGE: Unknown command\.$/],
      ["FETCH 1 BODYSTRUCTURE", /^b BAD Error in IMAP command FETCH: Invalid arguments\.$/],
      ["FETCH x FLAGS", /^b BAD Error in IMAP command FETCH: Invalid arguments\.$/],
      ["SEARCH LARGER 1", /^b BAD Error in IMAP command SEARCH: Invalid arguments\.$/],
      ["SEARCH (ALL", /^b BAD Error in IMAP command received by server\.$/],
      ["SELECT Sent", /^b NO \[NONEXISTENT\] Mailbox doesn't exist: Sent$/],
      ["AUTHENTICATE LOGIN", /^b NO Unsupported authentication mechanism\.$/],
    ];
    for (const [command, expected] of refusals) {
      const lines = await answers(command);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", expected);
    }
    const [unknown] = scene.lab.log.events({ service: "imap", what: "STORE" });
    assert.equal(unknown?.refused, true);
    assert.deepEqual(scene.lab.dump(), before);
  });

  it("hangs up on a command that never ends, and keeps no more of it than its limit", async () => {
    for (const flood of [`b SEARCH ${"x".repeat(100_000)}`, "b LOGIN {999999999}\r\n"]) {
      const { socket, heard } = await dialImap(scene.lab);
      socket.on("error", () => {});
      socket.write(flood);
      await once(socket, "close");
      assert.match(heard(), /^\* BYE Input buffer full, aborting\r\n$/m);
    }
  });

  const systems = [
    {
      style: "gmail",
      junk: "[Gmail]/Spam",
      words: /^b NO \[AUTHENTICATIONFAILED\] Invalid credentials \(Failure\)$/m,
    },
    { style: "outlook", junk: "Junk Email", words: /^b NO LOGIN failed\.$/m },
  ] as const;
  for (const { style, junk, words } of systems) {
    it(`of ${style}'s shows its own folders, and not what is in quarantine`, async () => {
      const { lab, ca } = scene;
      const mailbox = lab.outsideMailboxes.find((one) => one.style === style);
      const receiver = lab.world.receivers.find((one) => one.style === style);
      assert.ok(mailbox && receiver);
      const [first] = lab.world.outside.messages;
      assert.ok(first);
      const at = (folder: StoredMessage["folder"]): StoredMessage => ({
        ...{ ...first, folder },
        envelope: { from: "", to: [mailbox.address] },
      });
      receiver.messages.push(at("quarantine"), at("inbox"), at("junk"));
      const client = new ImapFlow({
        ...{ host: "localhost", port: mailbox.imap.port, secure: true, tls: { ca } },
        ...{ logger: false, auth: { user: mailbox.address, pass: mailbox.password } },
      });
      await client.connect();
      const found = (await client.list()).find(({ specialUse }) => specialUse === "\\Junk");
      assert.equal(found?.path, junk);
      for (const [folder, uid] of [
        ["INBOX", 2],
        [junk, 3],
      ] as const) {
        const lock = await client.getMailboxLock(folder);
        assert.deepEqual(await client.search({ all: true }, { uid: true }), [uid]);
        lock.release();
      }
      await client.logout();
    });

    it(`of ${style}'s refuses a wrong password in its own words`, async () => {
      const { lab } = scene;
      const mailbox = lab.outsideMailboxes.find((one) => one.style === style);
      const { socket, heard } = await dialImap(lab, mailbox?.imap.port);
      socket.write(`b LOGIN ${mailbox?.address} wrong\r\nc LOGOUT\r\n`);
      await once(socket, "close");
      assert.match(heard().replaceAll("\r", ""), words);
    });
  }

  it("logs no password", async () => {
    await scene.speak("b NOOP");
    const said = JSON.stringify(scene.lab.log.events({ service: "imap" }));
    assert.ok(!said.includes(scene.bea.password));
    assert.ok(scene.lab.secrets().includes(scene.bea.password));
  });

  it("ends its sessions with the lab", async () => {
    const other = await openImapScene("imap closes");
    const { socket, heard } = await dialImap(other.lab);
    const closed = once(socket, "close");
    await other.lab.close();
    await closed;
    assert.match(heard(), /^\* BYE Server shutting down\.\r\n$/m);
  });
});
