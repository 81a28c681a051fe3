// Which stages a message's headers, handover and trace are read as. Does not prove that the headers are true.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathOf, type Stage } from "../../../../mail/verification/path.ts";
import { delayText, durationOf, encryptionText } from "../../../../mail/verification/pathText.ts";
import { arrivedReading } from "../../../../mail/verification/readArrival.ts";
import type { Verification } from "../../../../mail/verification/verification.ts";
import { arrived, filledWith, handover, refused, sample } from "./verifications.ts";

const stagesOf = (verification: Verification): Stage[] =>
  pathOf(verification, arrivedReading(verification.arrival));

const rolesOf = (header: string): string =>
  stagesOf(arrived(header))
    .map(({ role, hops }) => `${role} ${hops.length}`)
    .join(", ");

describe("the path of a message", () => {
  const relayed = arrived(sample("gmail-relayed"));

  it("goes from the sender by Exchange to the receiver and a folder", () => {
    const stages = stagesOf(relayed);
    assert.deepEqual(
      stages.map(({ role, host, notes, judged }) => [
        role,
        host,
        notes.at(-1),
        judged.map(({ check }) => check).join(" "),
      ]),
      [
        [
          "sender",
          "erp.contoso.com [198.51.100.7]",
          "erp, by its address, to contoso-com.mail.protection.outlook.com:25",
          "",
        ],
        ["exchange", "AMS1EPF0000004B.mail.protection.outlook.com", undefined, "attribution pool"],
        ["receiver", "mx.google.com", undefined, "spf dkim dmarc alignment arc"],
        ["folder", "message.eml", "the folder is not stated", "placement"],
      ],
    );
    assert.equal(durationOf(stages), 4);
  });

  it("tells of each hop its time, delay, encryption, pool and whose word that is", () => {
    const hops = stagesOf(relayed).flatMap((stage) => stage.hops);
    assert.deepEqual(
      hops.map((hop) => [
        hop.at?.slice(11, 19),
        delayText(hop),
        encryptionText(hop.encryption),
        hop.pool,
        hop.toldBy,
      ]),
      [
        [
          "10:00:01",
          "not stated",
          "TLS 1.3, TLS_AES_256_GCM_SHA384",
          undefined,
          "hosts before the receiver",
        ],
        [
          "10:00:02",
          "1 s",
          "TLS 1.3, TLS_AES_256_GCM_SHA384",
          undefined,
          "hosts before the receiver",
        ],
        [
          "10:00:03",
          "1 s",
          "TLS 1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          undefined,
          "hosts before the receiver",
        ],
        ["10:00:04", "1 s", "TLS 1.3, TLS_AES_256_GCM_SHA384", "normal pool", "receiver"],
        ["10:00:05", "1 s", "not stated", undefined, "receiver"],
      ],
    );
  });

  it("takes the time before the first hop from the handover", () => {
    const [, exchange] = stagesOf({ ...relayed, handover });
    assert.equal(exchange?.hops[0]?.delay, 2);
    const late = { ...handover, at: "2026-11-23T10:02:01Z" };
    const [, early] = stagesOf({ ...relayed, handover: late });
    assert.ok(early?.hops[0]);
    assert.equal(delayText(early.hops[0]), "one clock is off by 2 min");
    assert.equal(durationOf(stagesOf({ ...relayed, handover: late })), undefined);
  });

  it("ends at Exchange where the message was refused, with what this machine saw", () => {
    const [sender, exchange, folder, more] = stagesOf(refused);
    assert.deepEqual(
      [sender?.notes.at(-1), exchange?.hops.length, folder?.notes, more],
      [
        "refused: 550 5.7.64 TenantAttribution; Relay Access Denied",
        1,
        ["it was refused"],
        undefined,
      ],
    );
    assert.deepEqual(
      [sender, exchange, folder].map((stage) => stage?.isReached),
      [true, false, false],
    );
    assert.equal(durationOf(stagesOf(refused)), undefined);
    const [hop] = exchange?.hops ?? [];
    assert.deepEqual(
      [hop?.host, hop?.toldBy, hop && encryptionText(hop.encryption)],
      [refused.host, "this machine", "clear text"],
    );
  });

  it("names what the trace says at Exchange", () => {
    const traced: Verification = {
      ...refused,
      trace: { outcome: "traced", status: "Failed", events: [] },
    };
    assert.deepEqual(stagesOf(traced)[1]?.notes, ["message trace: Failed"]);
  });

  /** A sample, and its stages with the number of hops of each. */
  const paths: [string, string][] = [
    ["exchange-outside", "sender 0, exchange 3, folder 0"],
    ["exchange-mapi", "sender 0, exchange 1, folder 0"],
    ["submitted", "sender 0, exchange 1, receiver 2, folder 0"],
    ["mimecast", "sender 0, relay 1, exchange 0, receiver 1, folder 0"],
    ["sendmail", "sender 0, exchange 0, receiver 1, folder 0"],
  ];
  for (const [name, stages] of paths) {
    it(`of ${name}`, () => assert.equal(rolesOf(sample(name)), stages));
  }

  it("goes through a server of one's own before Exchange, and a gateway behind it", () => {
    const text = sample("gmail-relayed");
    const own =
      "Received: from app (app [192.0.2.9]) by erp.contoso.com with ESMTP; Mon, 23 Nov 2026 10:00:00 +0000\n";
    const gateway =
      "Received: from a.outbound.protection.outlook.com (a [40.107.130.9]) by mx.gateway.example with ESMTPS; Mon, 23 Nov 2026 10:00:03 +0000\n";
    const header = text
      .replace(
        "(mail-am0pr02cu00801.outbound.protection.outlook.com. [40.107.130.9])",
        "(g [203.0.113.7])",
      )
      .replace("Received: from AS4P190CA0056", (found) => `${gateway}${found}`)
      .replace("X-Forefront-Antispam-Report", (found) => `${own}${found}`);
    assert.equal(rolesOf(header), "sender 0, relay 1, exchange 3, gateway 1, receiver 2, folder 0");
  });

  it("has each hop of every sample in order, and each check that is a stage's once", () => {
    const folder = join(import.meta.dirname, "../../../message/samples");
    const names = readdirSync(folder).filter((name) => name.endsWith(".eml"));
    assert.ok(names.length >= 40);
    for (const name of names) {
      const verification = arrived(sample(name.replace(/\.eml$/, "")));
      const stages = stagesOf(verification);
      const hops = arrivedReading(verification.arrival)?.hops ?? [];
      assert.deepEqual(
        stages.flatMap((stage) => stage.hops.map(({ host }) => host)),
        hops.map(({ by }) => by),
        name,
      );
      assert.deepEqual([stages[0]?.role, stages.at(-1)?.role], ["sender", "folder"]);
      assert.equal(stages.filter(({ role }) => role === "exchange").length >= 1, true, name);
      const judged = stages.flatMap((stage) => stage.judged.map(({ check }) => check));
      const expected = verification.judged
        .map(({ check }) => check)
        .filter((check) => check !== "tls" && check !== "hops");
      assert.deepEqual(judged.toSorted(), expected.toSorted(), name);
    }
  });

  it("of a message that means harm is read in one pass", () => {
    for (const count of [1, 10_000, 1_000_000]) {
      const stages = stagesOf(filledWith("<script>".repeat(count)));
      assert.ok(stages.length >= 3 && stages.length <= 4);
    }
    const loop = "Received: from a (a [203.0.113.1]) by b with ESMTP; x\n".repeat(10_000);
    assert.equal(stagesOf(arrived(loop)).flatMap((stage) => stage.hops).length, 100);
  });
});
