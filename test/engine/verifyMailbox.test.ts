// The recipient's mailbox while `npm run verify` looks for a message: servers that are busy, break off, or keep the message
// where a rule of the mailbox has put it.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { type Answer, openLyingImap } from "./lyingServers.ts";
import { openVerifyScene, type VerifyScene, verificationsIn } from "./verifyScene.ts";

const ID = "<verify.1@contoso.com>";

/** What an IMAP server says of the one message that it has. */
const message = `Message-ID: ${ID}\r\n\r\n`;
const fetched = (uid: number) =>
  `* 1 FETCH (UID ${uid} BODY[HEADER] {${message.length}}\r\n${message})\r\nTAG OK done\r\n`;

describe("the mailbox that verify reads", () => {
  let scene: VerifyScene;
  let restore: () => Promise<void>;
  before(async () => {
    scene = await openVerifyScene();
    restore = await scene.fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => scene?.close());

  /** Looks for a message that was sent before in an IMAP mailbox. */
  async function lookIn(answer: Answer, { wait = "0", issuer = "public" as const, env = {} } = {}) {
    const port = await openLyingImap(scene.lab, answer, issuer);
    const mailbox = ["--imap", `localhost:${port}`, "--imap-user", scene.to];
    const args = ["--to", scene.to, "--sender", "api", "--id", ID, "--wait", wait, "--no-trace"];
    return scene.verifyWith(env, ...args, ...mailbox, "--json");
  }

  it("is opened again after its connection broke, and the message is found", async () => {
    let searches = 0;
    const ended = await lookIn(
      (line) => {
        if (line.includes(" FETCH ")) return fetched(7);
        if (!line.includes(" SEARCH ")) return undefined;
        searches += 1;
        return searches === 1 ? "hang up" : "* SEARCH 7\r\nTAG OK done\r\n";
      },
      { wait: "1" },
    );
    const arrival = verificationsIn(ended).get("api")?.arrival;
    assert.ok(arrival?.outcome === "arrived", ended.stderr);
    assert.match(ended.stderr, /^verify: the mailbox at localhost as \S+ can't be read: /m);
  });

  it("has a message that came twice: the first one counts", async () => {
    const ended = await lookIn((line) =>
      line.includes(" SEARCH ")
        ? "* SEARCH 7 9\r\nTAG OK done\r\n"
        : line.includes(" FETCH ")
          ? fetched(/ FETCH 7 /.test(line) ? 7 : 9)
          : undefined,
    );
    const arrival = verificationsIn(ended).get("api")?.arrival;
    assert.ok(arrival?.outcome === "arrived", ended.stderr);
    assert.equal(arrival.where, "localhost, INBOX (the first of 2 copies)");
  });

  it("has a message that a rule has moved, in no known folder, past one that can't be opened", async () => {
    let open = "";
    const names = ["INBOX", "Closed", "Lists"];
    const listed = (name: string) => `* LIST () "/" "${name}"\r\n`;
    const ended = await lookIn((line) => {
      open = / EXAMINE "?([^" ]+)/.exec(line)?.[1] ?? open;
      if (line.endsWith(' LIST "" ""')) return '* LIST (\\Noselect) "/" ""\r\nTAG OK done\r\n';
      if (line.includes(" LIST ")) return `${names.map(listed).join("")}TAG OK done\r\n`;
      if (line.includes(" EXAMINE ") && open === "Closed") return "TAG NO [NOPERM] denied\r\n";
      if (line.includes(" SEARCH "))
        return `* SEARCH${open === "Lists" ? " 7" : ""}\r\nTAG OK done\r\n`;
      return line.includes(" FETCH ") ? fetched(7) : undefined;
    });
    const arrival = verificationsIn(ended).get("api")?.arrival;
    assert.ok(arrival?.outcome === "arrived", ended.stderr);
    assert.deepEqual([arrival.where, arrival.folder], ["localhost, Lists", undefined]);
  });

  it("is not read where its certificate is not trusted, and it is said how it would be", async () => {
    const ended = await lookIn(() => undefined, { issuer: "self-signed" as never });
    assert.deepEqual([ended.code, ended.stdout], [1, ""]);
    assert.match(ended.stderr, /self-signed certificate.* NODE_EXTRA_CA_CERTS$/m);
  });

  it("is looked into again where Graph was busy for a while", async () => {
    const { lab, here } = scene;
    const anna = `anna@${lab.world.tenant.domain}`;
    const person = await lab.adminEnv({ who: anna, scopes: ["Mail.ReadBasic"] });
    const args = ["--to", anna, "--graph-mailbox", anna, ...here, "--sender", "api", "--json"];
    const busy = { kind: "status", status: 429, retryAfter: 1 } as const;
    lab.faults.inject({ where: { service: "graph" }, what: busy, times: 2 });
    const ended = await scene.verifyWith(person, ...args);
    assert.equal(verificationsIn(ended).get("api")?.arrival.outcome, "arrived", ended.stderr);
    assert.equal(ended.code, 0, ended.stderr);
  });
});
