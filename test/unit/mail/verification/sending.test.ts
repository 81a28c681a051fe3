import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pauseBeforeAgain } from "../../../../mail/verification/again.ts";
import { seenAddress, withoutSecrets } from "../../../../mail/verification/dialogue.ts";
import { untriedOf } from "../../../../mail/verification/testMessage.ts";
import type { Line } from "../../../../mail/verification/verification.ts";
import { placeOf } from "../../../../scripts/smtp/route.ts";
import { sendPatiently } from "../../../../scripts/verify/handOver.ts";
import type { Sent } from "../../../../scripts/verify/send.ts";
import { sender } from "../message/sender.ts";

const lines = (...texts: string[]): Line[] =>
  texts.map((text, ms) => ({
    by: text.startsWith("> ") ? "client" : "server",
    ms,
    text: text.replace(/^> /, ""),
  }));

describe("what a message says nothing of", () => {
  const of = (from: readonly string[], authentication: "staticIp" | "oauth") =>
    untriedOf(
      { ...sender, from, authentication: [authentication] },
      (from[0] ?? "").replace("*", "erp"),
    );
  it("is each further address of a sender that signs in, and another domain of one that relays", () => {
    const from = ["a@contoso.com", "b@contoso.com", "*@fabrikam.com"];
    assert.deepEqual(of(from, "oauth"), ["b@contoso.com", "*@fabrikam.com"]);
    assert.deepEqual(of(from, "staticIp"), ["*@fabrikam.com"]);
    assert.deepEqual(of(["*@contoso.com", "b@contoso.com"], "staticIp"), []);
  });
});

describe("a dialogue", () => {
  it("shows of AUTH the mechanism alone, and nothing that follows until the server decides", () => {
    const said = lines(
      ...[
        "> EHLO a",
        "250 ok",
        "> AUTH LOGIN",
        "334 VXNlcm5hbWU6",
        "> dXNlcg==",
        "334 UGFzc3dvcmQ6",
      ],
      ...["> c2VjcmV0", "535 5.7.3 no", "> auth xoauth2 dG9rZW4=", "235 ok", "> MAIL FROM:<a@b.c>"],
    );
    assert.deepEqual(
      withoutSecrets(said).map(({ text }) => text),
      [
        ...["EHLO a", "250 ok", "AUTH LOGIN", "334 VXNlcm5hbWU6", "(not shown)"],
        ...[
          "334 UGFzc3dvcmQ6",
          "(not shown)",
          "535 5.7.3 no",
          "auth xoauth2 (not shown)",
          "235 ok",
        ],
        "MAIL FROM:<a@b.c>",
      ],
    );
  });

  it("tells the address that Exchange sees, by its last reply to EHLO", () => {
    const hello = (address: string) => `250-x.mail.protection.outlook.com Hello [${address}]`;
    const said = lines(hello("192.0.2.1"), "> EHLO a", hello("198.51.100.7"), "250 SIZE");
    assert.equal(seenAddress(said), "198.51.100.7");
    assert.equal(seenAddress(lines("250-mx.example.com at your service")), undefined);
  });
});

describe("another try", () => {
  it("is made after a refusal for now alone, when the reply asks for it", () => {
    const cases: readonly [reply: string, seconds: number | undefined][] = [
      ["451 4.7.500 Server busy. Please try again later", undefined],
      ["421 4.3.2 Service not active", undefined],
      ["432 4.3.2 Concurrent connections limit exceeded", undefined],
      ["550 5.7.64 TenantAttribution; Relay Access Denied", undefined],
      ["554 5.2.252 RecipientRateLimit", undefined],
      ["451 4.4.0 Temporary server error. Please try again later", 60],
      ["451 4.4.0 Busy; retry after 120 seconds", 120],
      ["451 4.4.0 Busy; try again in 5 minutes", 300],
      ["451 4.4.0 Busy; try again in 1 hour", undefined],
    ];
    for (const [reply, seconds] of cases) assert.equal(pauseBeforeAgain(reply), seconds, reply);
  });

  const sent = (reply: string): Sent => ({
    id: undefined,
    handover: {
      outcome: reply.startsWith("2") ? "accepted" : "refused",
      at: "2026-11-29T00:00:00.000Z",
      reply,
      tls: "1.3",
      dialogue: lines(reply),
    },
  });
  /** Sends with these replies; tells how often, and the pauses. */
  async function run(...replies: string[]) {
    const pauses: number[] = [];
    let count = 0;
    const result = await sendPatiently(
      "erp",
      async () => sent(replies[count++] ?? "none"),
      async (ms) => pauses.push(ms),
    );
    return { count, pauses, reply: result.handover.reply, lines: result.handover.dialogue.length };
  }

  it("is the last one, and the dialogue is that of both", async () => {
    const busy = "451 4.4.0 Busy; retry after 120 seconds";
    const second = { count: 2, pauses: [120_000], lines: 2 };
    assert.deepEqual(await run(busy, "250 ok"), { ...second, reply: "250 ok" });
    assert.deepEqual(await run(busy, busy, "250 ok"), { ...second, reply: busy });
    const once = { count: 1, pauses: [], lines: 1 };
    for (const last of ["451 4.7.0 throttled", "550 5.7.1 no"]) {
      assert.deepEqual(await run(last, "250 ok"), { ...once, reply: last });
    }
  });
});

describe("M365_SMTP_RELAY_CONNECT_TO", () => {
  const server = { host: "smtp.office365.com", port: 587 };

  it("sends connections of one host and port elsewhere", () => {
    const env = { M365_SMTP_RELAY_CONNECT_TO: "a:25=b:26, SMTP.office365.com:587=127.0.0.1:2587" };
    assert.deepEqual(placeOf(server, env), { host: "127.0.0.1", port: 2587 });
    assert.deepEqual(placeOf({ ...server, port: 25 }, env), { ...server, port: 25 });
    assert.deepEqual(placeOf(server, {}), server);
  });

  it("is refused where it can't be read", () => {
    for (const value of ["a:25", "a=b", "a:25=b"]) {
      const place = () => placeOf(server, { M365_SMTP_RELAY_CONNECT_TO: value });
      assert.throws(place, /^Error: M365_SMTP_RELAY_CONNECT_TO: .* is not HOST:PORT=HOST:PORT/);
    }
  });
});
