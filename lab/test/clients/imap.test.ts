// Clients that are not ours read a mailbox outside by IMAP: Python's imaplib and curl. imapflow is in
// lab/test/unit/imap.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findOracles } from "../../../scripts/oracles/find.ts";
import { type ImapScene, openImapScene } from "../unit/imapScene.ts";
import { type Ended, runClient, runProgram } from "./runClient.ts";

/** Finds a message by its Message-ID in each folder, and writes the folder and the octets. */
const IMAPLIB = `
import imaplib, os, ssl, sys
port, ca, user, wanted = sys.argv[1:]
box = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=ssl.create_default_context(cafile=ca))
box.login(user, os.environ["PASSWORD"])
for folder in ("INBOX", "Junk"):
    box.select(folder, readonly=True)
    for uid in box.uid("SEARCH", "HEADER", "Message-ID", '"%s"' % wanted)[1][0].split():
        octets = box.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1]
        sys.stdout.write(folder + "\\n" + octets.decode("latin-1").replace("\\r\\n", "\\n"))
box.logout()
`;
/** curl's CURLE_LOGIN_DENIED. */
const LOGIN_DENIED = 67;

const oracles = await findOracles();

describe("IMAP by", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  let scene: ImapScene;
  before(async () => {
    scene = await openImapScene(process.env.LAB_SEED ?? "1");
    await scene.deliver("Message-ID: <other@b.example>\r\nSubject: other");
    await scene.deliver("Message-ID: <wanted@b.example>\r\nSubject: wanted");
  });
  after(() => scene.lab.close());

  const raw = () => scene.lab.mailbox()[1]?.raw ?? "";
  function python(wanted: string, password = scene.bea.password): Promise<Ended> {
    assert.ok(oracles.kind === "found");
    const { lab, bea } = scene;
    const args = ["-c", IMAPLIB, String(bea.imap.port), lab.caFile, bea.address, wanted];
    return runProgram(oracles, oracles.python, args, { more: { PASSWORD: password } });
  }
  function curl(path: string, password = scene.bea.password, ...options: string[]): Promise<Ended> {
    assert.ok(oracles.kind === "found");
    const { lab, bea } = scene;
    const url = `imaps://localhost:${bea.imap.port}/${path}`;
    const config = `user = "${bea.address}:${password}"\n`;
    const args = ["--silent", "--show-error", "--cacert", lab.caFile, ...options];
    return runClient(oracles, "curl", [...args, "--config", "-", url], config);
  }

  it("imaplib finds a message by its Message-ID and gets its octets", async () => {
    const { code, said } = await python("<wanted@b.example>");
    assert.equal(code, 0, said);
    assert.equal(said, `INBOX\n${raw().replaceAll("\r\n", "\n")}`);
    assert.deepEqual(await python("<none@b.example>"), { code: 0, said: "" });
  });

  it("imaplib is told of a wrong password", async () => {
    const { code, said } = await python("<wanted@b.example>", "wrong");
    assert.equal(code, 1);
    assert.match(said, /\[AUTHENTICATIONFAILED\] Authentication failed\./);
  });

  it("curl lists the folders, searches, and gets the octets", async () => {
    const folders = await curl("");
    assert.match(folders.said, /^\* LIST \(\\HasNoChildren \\Junk\) "\/" "Junk"\r$/m);
    const found = await curl(
      "INBOX",
      undefined,
      "-X",
      "UID SEARCH HEADER Message-ID <wanted@b.example>",
    );
    assert.equal(found.said, "* SEARCH 2\r\n");
    const { code, said } = await curl("INBOX;UID=2");
    assert.equal(code, 0, said);
    assert.equal(said, raw());
  });

  it("curl is refused with a wrong password", async () => {
    const { code, said } = await curl("INBOX;UID=2", "wrong");
    assert.equal(code, LOGIN_DENIED, said);
    assert.ok(!said.includes("wanted"));
  });
});
