// `npm run verify -- --to`: one message by each sender's own way, on the engine and on the lab, and what it says where one is
// not taken. Does not prove that Exchange itself takes them.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "node:test";
import { resultsOf } from "../oracles/results.ts";
import { type Answer, openLyingImap, openLyingSmtp } from "./lyingServers.ts";
import { judgedOf, openVerifyScene, type VerifyScene, verificationsIn } from "./verifyScene.ts";

/** What mail leaves behind in the world, and signing in does. */
const OF_MAIL = ["outside", "queue", "messageTrace", "submission", "mailboxes", "signIns", "drawn"];

describe("verify --to", () => {
  let scene: VerifyScene;
  let restore: () => Promise<void>;
  before(async () => {
    scene = await openVerifyScene();
    restore = await scene.fixture.snapshot();
  });
  afterEach(() => restore());
  after(() => scene?.close());

  const rest = () =>
    Object.fromEntries(Object.entries(scene.lab.dump()).filter(([key]) => !OF_MAIL.includes(key)));
  const arrived = async () => {
    await scene.lab.settle();
    return scene.lab.mailbox();
  };

  it("sends one message by every way, finds and traces each, judges all green, and shows no secret", async () => {
    const { verify, to, here, there, senders } = scene;
    const before = rest();
    const ended = await verify("--to", to, ...here, ...there, "--json");
    const found = verificationsIn(ended);
    assert.deepEqual([...found.keys()], senders);
    const messages = await arrived();
    assert.equal(messages.length, senders.length);
    for (const [name, one] of found) {
      const open = one.judged.filter(({ outcome }) => outcome !== "pass");
      assert.deepEqual(open, [], name);
      assert.equal(one.judged.length, 12);
      assert.equal(one.handover?.tls, "1.3");
      assert.ok(one.arrival.outcome === "arrived" && one.trace.outcome === "traced", name);
      assert.deepEqual([one.arrival.where, one.arrival.folder], ["localhost, INBOX", "inbox"]);
      assert.equal(one.trace.status, "Delivered");
      const [received, sent] = one.trace.events;
      assert.match(`${received?.event}, ${sent?.event}`, /^Receive, Send/);
      assert.equal(received?.connector, one.port === 25 ? `relay-lab-${name}` : undefined);
      const { raw = "" } =
        messages.find(({ raw: text }) => text.includes(one.message?.id ?? "?")) ?? {};
      assert.deepEqual(resultsOf(raw), { spf: "pass", dkim: ["pass"], dmarc: "pass" }, name);
    }
    assert.equal(ended.code, 0);
    assert.equal(new Set([...found.values()].map(({ way }) => way)).size, 6);
    assert.deepEqual(rest(), before);
    const secrets = await scene.secrets();
    assert.ok(secrets.length > 10);
    const written = ended.stdout + ended.stderr;
    const encoded = secrets.flatMap((one) => [one, Buffer.from(one).toString("base64")]);
    assert.deepEqual(
      encoded.filter((one) => written.includes(one)),
      [],
    );
    assert.ok(!/Bearer|auth=/.test(written));
  });

  for (const style of ["gmail", "outlook"] as const) {
    it(`is green where the recipient's mail is at ${style === "gmail" ? "Gmail" : "Exchange Online"}`, async () => {
      const { verifyWith, here, lab } = scene;
      const mailbox = lab.outsideMailboxes.find((one) => one.style === style);
      assert.ok(mailbox);
      const { address, password, imap } = mailbox;
      const ended = await verifyWith(
        { M365_SMTP_RELAY_IMAP_PASSWORD: password },
        ...["--to", address, "--sender", "erp", "--sender", "api", ...here, "--json"],
        ...["--imap", `localhost:${imap.port}`, "--imap-user", address],
      );
      for (const name of ["erp", "api"]) {
        const one = verificationsIn(ended).get(name);
        const open = one?.judged.filter(({ outcome }) => outcome !== "pass");
        assert.deepEqual(open, [], name);
      }
      assert.equal(ended.code, 0, ended.stderr);
    });
  }

  it("tells a recipient that the outside refuses after Exchange took the message, by the trace", async () => {
    const { verify, to, here, there } = scene;
    const nobody = to.replace(/^[^@]+/, "nobody");
    const ended = await verify("--to", nobody, "--sender", "erp", ...here, ...there, "--json");
    assert.equal(ended.code, 7, ended.stderr);
    const one = verificationsIn(ended).get("erp");
    assert.equal(judgedOf(one, "handover")?.outcome, "pass");
    const arrival = judgedOf(one, "arrival");
    assert.ok(arrival?.outcome === "fail", JSON.stringify(arrival));
    assert.match(arrival.read, /^550 5\.1\.1 /);
    assert.equal(arrival.resource, undefined, "it is none of the stack's");
    assert.match(arrival.reason, /recipient|address|mailbox/i);
    assert.equal(judgedOf(one, "attribution")?.outcome, "pass", "by the connector in the trace");
  });

  it("follows a message that was sent before, says what it can't see yet, and sends nothing", async () => {
    const { verify, to, here, there, lab } = scene;
    const first = await verify("--to", to, "--sender", "api", ...here, "--no-trace", "--json");
    const id = verificationsIn(first).get("api")?.message?.id ?? "";
    await lab.settle();
    lab.world.settings.traceDelayMs = 10 * 60_000;
    const following = ["--to", to, "--sender", "api", "--id", id, "--wait", "0", "--json"];
    const blind = verificationsIn(await verify(...following)).get("api");
    assert.deepEqual(
      [blind?.handover, blind?.arrival.outcome, blind?.trace.outcome],
      [undefined, "not looked for", "not traced"],
    );
    assert.equal(judgedOf(blind, "handover")?.outcome, "unknown");
    await lab.clock.advance(11 * 60_000);
    const seen = await verify(...following, ...there);
    const one = verificationsIn(seen).get("api");
    assert.deepEqual([one?.arrival.outcome, one?.trace.outcome], ["arrived", "traced"]);
    assert.deepEqual(
      one?.judged.filter(({ outcome }) => outcome !== "pass"),
      [],
    );
    assert.equal(seen.code, 0);
    assert.equal((await arrived()).length, 1);
  });

  it("does not wait for the trace of a message that arrived and passed", async () => {
    const { verify, to, here, there, lab } = scene;
    lab.world.settings.traceDelayMs = 10 * 60_000;
    const args = ["--to", to, "--sender", "erp", ...here, ...there, "--wait", "1", "--json"];
    const ended = await verify(...args);
    const one = verificationsIn(ended).get("erp");
    assert.deepEqual([ended.code, one?.arrival.outcome], [0, "arrived"], ended.stderr);
    assert.ok(one?.trace.outcome === "not traced");
    assert.match(one.trace.why, /was not waited for, as the message arrived/);
  });

  it("names DKIM that somebody switched off and SPF that somebody emptied, by the message that arrived", async () => {
    const { verify, to, here, there, lab } = scene;
    const { domain } = lab.world.tenant;
    lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: false });
    lab.editZone(domain, (records) =>
      records.map((record) =>
        record.name === domain && /v=spf1/.test(String(record.content))
          ? { ...record, content: '"v=spf1 -all"' }
          : record,
      ),
    );
    const args = ["--to", to, "--sender", "erp", ...here, ...there, "--no-trace", "--json"];
    const ended = await verify(...args);
    assert.equal(ended.code, 7, ended.stderr);
    const one = verificationsIn(ended).get("erp");
    assert.equal(judgedOf(one, "handover")?.outcome, "pass");
    assert.equal(judgedOf(one, "arrival")?.outcome, "pass");
    for (const [check, resource] of [
      ["spf", `relay-${domain}-spf`],
      ["dkim", `relay-${domain}-dkim`],
    ] as const) {
      const judged = judgedOf(one, check);
      assert.ok(judged?.outcome === "fail", JSON.stringify(judged));
      assert.equal(judged.resource, resource);
    }
  });

  it("says which role an app has to have for the trace, and does the rest without it", async () => {
    const { verifyWith, to, here, there, lab } = scene;
    const [reader = {}] = Object.values(lab.readerEnvs);
    lab.world.readers.forEach((one) => {
      one.directoryRoles = [];
    });
    for (const group of lab.world.roleGroups) group.members = [];
    const args = ["--to", to, "--sender", "api", ...here, ...there, "--json"];
    const one = verificationsIn(await verifyWith(reader, ...args)).get("api");
    assert.equal(one?.arrival.outcome, "arrived");
    assert.ok(one.trace.outcome === "not traced");
    assert.match(one.trace.why, /may not run Get-MessageTraceV2; .* View-Only Recipients/);
  });

  it("says while it waits how to go on, and ends with Ctrl-C", async () => {
    const { start, to, here, lab } = scene;
    lab.world.settings.traceDelayMs = 10 * 60_000;
    const child = await start("--to", to, "--sender", "api", ...here, "--wait", "10");
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk;
      if (said.includes("looking again in")) child.kill("SIGINT");
    });
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    // A shell, and npm run, make 130 of the signal.
    assert.deepEqual([code, signal], [null, "SIGINT"], said);
    assert.match(said, /^verify: api: sending <verify\.\S+> to smtp\.office365\.com:587$/m);
  });

  it("sends nothing when the mailbox can't be opened", async () => {
    const { verifyWith, to, here, there } = scene;
    const wrong = { M365_SMTP_RELAY_IMAP_PASSWORD: "wrong-password" };
    const ended = await verifyWith(wrong, "--to", to, ...here, ...there);
    assert.deepEqual([ended.code, ended.stdout], [1, ""]);
    assert.match(
      ended.stderr,
      /^verify: the mailbox at localhost as \S+ can't be read: .+; check --imap-user and the password in M365_SMTP_RELAY_IMAP_PASSWORD: many providers take only a password made for an app$/m,
    );
    assert.ok(!ended.stderr.includes("wrong-password"));
    assert.deepEqual(await arrived(), []);
  });

  const mailboxLies: readonly { what: string; answer: Answer; why: RegExp }[] = [
    {
      what: "another message than the one that was asked for",
      answer: (line) =>
        line.includes(" SEARCH ")
          ? "* SEARCH 7\r\nTAG OK done\r\n"
          : line.includes(" FETCH ")
            ? "* 1 FETCH (UID 7 BODY[HEADER] {29}\r\nMessage-ID: <other@x.example>)\r\nTAG OK done\r\n"
            : undefined,
      why: /^no message with this Message-ID at localhost as /,
    },
    {
      what: "a header of 4 GB",
      answer: (line) =>
        line.includes(" SEARCH ")
          ? "* SEARCH 7\r\nTAG OK done\r\n"
          : line.includes(" FETCH ")
            ? "* 1 FETCH (UID 7 BODY[HEADER] {4000000000}\r\n"
            : undefined,
      why: /can't be read: Literal size 4000000000 exceeds /,
    },
  ];
  for (const { what, answer, why } of mailboxLies) {
    it(`does not take ${what} from a mailbox`, async () => {
      const { verify, to, lab } = scene;
      const port = await openLyingImap(lab, answer);
      const mailbox = ["--imap", `localhost:${port}`, "--imap-user", to];
      const args = ["--sender", "api", "--id", "<verify.1@contoso.com>", "--wait", "0"];
      const ended = await verify("--to", to, ...args, ...mailbox, "--no-trace", "--json");
      const arrival = verificationsIn(ended).get("api")?.arrival;
      assert.ok(arrival?.outcome === "not found", ended.stderr);
      assert.match(arrival.why, why);
    });
  }

  it("shows no password that the server repeats", async () => {
    const { verifyWith, to, here, lab, secrets } = scene;
    const asked = ["334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"];
    const port = await openLyingSmtp(lab, "smtp.office365.com", (line) =>
      line.startsWith("EHLO")
        ? undefined
        : (asked.shift() ??
          `535 5.7.3 no ${line} is ${Buffer.from(line, "base64").toString("latin1")}\r\n`),
    );
    const env = { M365_SMTP_RELAY_CONNECT_TO: `smtp.office365.com:587=127.0.0.1:${port}` };
    const args = ["--sender", "printer", ...here, "--no-trace", "--json", "--wait", "0"];
    const { stdout, stderr } = await verifyWith(env, "--to", to, ...args);
    assert.match(stdout, /535 5\.7\.3 no \(not shown\) is \(not shown\)/);
    const encoded = (await secrets()).flatMap((one) => [one, Buffer.from(one).toString("base64")]);
    assert.deepEqual(
      encoded.filter((one) => (stdout + stderr).includes(one)),
      [],
    );
  });

  for (const [what, answer, reply] of [
    [
      "hangs up while it signs in",
      (line) => (line.startsWith("AUTH") ? "hang up" : undefined),
      /closed/,
    ],
    [
      "asks on and on",
      (line) => (line.startsWith("EHLO") ? undefined : "334 YQ==\r\n"),
      /more than 1000 lines/,
    ],
  ] as const satisfies readonly (readonly [string, Answer, RegExp])[]) {
    it(`leaves a server that ${what}`, async () => {
      const { verifyWith, to, here, lab } = scene;
      const port = await openLyingSmtp(lab, "smtp.office365.com", answer);
      const env = { M365_SMTP_RELAY_CONNECT_TO: `smtp.office365.com:587=127.0.0.1:${port}` };
      const args = ["--sender", "printer", "--sender", "printer", ...here, "--no-trace", "--json"];
      const ended = await verifyWith(env, "--to", to, ...args, "--wait", "0");
      assert.equal(ended.code, 7, ended.stderr);
      const { outcome, reply: said } = verificationsIn(ended).get("printer")?.handover ?? {};
      assert.equal(outcome, "not connected");
      assert.match(said ?? "", reply);
      assert.equal(ended.stderr.match(/: sending </g)?.length, 1, "once, though it is named twice");
    });
  }

  it("sends nothing as a sender whose address or files it has not, and names the probe", async () => {
    const { verify, to } = scene;
    const args = ["--sender", "erp", "--sender", "billing", "--files", "/nonexistent", "--json"];
    const ended = await verify("--to", to, ...args);
    assert.equal(ended.code, 7);
    const found = verificationsIn(ended);
    for (const [name, words] of [
      ["erp", /^this machine connects from 203\.0\.113\.254, and /],
      ["billing", /^\/nonexistent\/billing\.key is not on this machine$/],
    ] as const) {
      const one = found.get(name);
      assert.deepEqual([one?.message, one?.handover], [undefined, undefined]);
      assert.ok(one?.arrival.outcome === "not looked for" && one.trace.outcome === "not traced");
      assert.equal(one.arrival.why, "it was not handed over to Exchange");
      const judged = judgedOf(one, "handover");
      assert.ok(judged?.outcome === "unknown");
      assert.match(judged.reason, words);
      assert.match(judged.fix, new RegExp(`--probe ${name} --to ${to} prints`));
    }
    assert.deepEqual(await arrived(), []);
  });
});
