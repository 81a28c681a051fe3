// Headers as receivers in the world write them: each file of test/message/samples says where its format was seen, and
// what is to be read in it. Hosts of senders are those of documentation. What no file shows is not proved.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Attribution } from "../../../../mail/message/attribution.ts";
import type { AuthenticationResults } from "../../../../mail/message/authenticationResults.ts";
import { fieldsOf } from "../../../../mail/message/fields.ts";
import { type Reading, readingOf } from "../../../../mail/message/reading.ts";
import type { Hop } from "../../../../mail/message/received.ts";

const FOLDER = join(import.meta.dirname, "../../../message/samples");

/** The parts that are there, in one line; null where nothing is read. */
const line = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined).join(" ");

function resultsIn(results: AuthenticationResults | undefined) {
  const { spf, dkim, dmarc } = results ?? {};
  return {
    server: results?.authservId ?? null,
    spf: spf === undefined ? null : line(spf.result, spf.mailFrom),
    dkim: dkim?.map(({ result, domain, selector }) => line(result, domain, selector)) ?? null,
    dmarc: dmarc === undefined ? null : line(dmarc.result, dmarc.from, dmarc.policy),
  };
}

function hopIn({ from, by, protocol, encrypted, tls }: Hop): string {
  const used = encrypted ? `TLS ${tls?.version ?? "?"}` : "plain";
  const security = encrypted === undefined ? "-" : used;
  return `${from || "-"} > ${by || "-"}, ${protocol ?? "-"}, ${security}`;
}

function attributionIn({ tenantId, origin, connectingIp, authAs, direction }: Attribution): string {
  const known = [tenantId, origin, connectingIp, authAs].map((one) => one ?? "-");
  return line(...known, direction);
}

function read({ border, results, hops, attribution, outbound }: Reading) {
  return {
    border: border?.hop.by ?? null,
    ...resultsIn(results),
    hops: hops.map(hopIn),
    delays: hops.map(({ delay }) => delay ?? null),
    attribution: attribution === undefined ? null : attributionIn(attribution),
    outbound: outbound ?? null,
  };
}

describe("headers in public formats:", async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".eml"));
  for (const file of files) {
    it(file, async () => {
      const sample = await readFile(join(FOLDER, file), "utf8");
      const beside = await readFile(join(FOLDER, file.replace(/eml$/, "json")), "utf8");
      const { seen, receiver, expected } = JSON.parse(beside);
      assert.ok(seen);
      for (const text of [sample, sample.replaceAll("\n", "\r\n")]) {
        assert.deepEqual(read(readingOf(fieldsOf(text), receiver)), expected);
      }
    });
  }
  it("are at least 40", () => assert.ok(files.length >= 40));
});
