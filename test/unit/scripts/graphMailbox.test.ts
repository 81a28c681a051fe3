// Which of the messages that Graph lists arrived, and its header as text.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldsOf } from "../../../mail/message/fields.ts";
import { arrivedOf } from "../../../scripts/verify/graphMailbox.ts";

const PLACES = new Map([
  ["1", { path: "inbox", name: "Inbox", folder: "inbox" }],
  ["2", { path: "junkemail", name: "Junk Email", folder: "junk" }],
] as const);
const headers = [{ name: "Received", value: "from a by b" }];
const arrived = (...listed: Parameters<typeof arrivedOf>[0]) =>
  arrivedOf(listed, PLACES, "me@contoso.com");

describe("a message in a mailbox of Microsoft 365", () => {
  it("is the one with headers, as a copy in Sent Items has none", () => {
    const copy = { parentFolderId: "3" };
    const found = arrived(copy, { parentFolderId: "2", internetMessageHeaders: headers });
    assert.deepEqual(found, {
      where: "me@contoso.com, Junk Email",
      folder: "junk",
      header: "Received: from a by b\r\n",
    });
    assert.equal(arrived(copy), undefined);
    assert.equal(arrived(), undefined);
  });

  it("is the first of several copies, and it is said how many there are", () => {
    const at = (receivedDateTime: string, parentFolderId: string) => ({
      ...{ receivedDateTime, parentFolderId, internetMessageHeaders: headers },
    });
    const found = arrived(at("2026-11-23T10:09:00Z", "2"), at("2026-11-23T10:00:00Z", "1"));
    assert.equal(found?.where, "me@contoso.com, Inbox (the first of 2 copies)");
  });

  it("is in no known folder where a rule has moved it", () => {
    const found = arrived({ parentFolderId: "4", internetMessageHeaders: headers });
    assert.deepEqual([found?.where, found?.folder], ["me@contoso.com, another folder", undefined]);
  });

  it("without headers in the inbox is told with the permission that shows them", () => {
    const act = () => arrived({ parentFolderId: "1", internetMessageHeaders: [] });
    assert.throws(act, /internetMessageHeaders; grant Mail\.Read in place of Mail\.ReadBasic$/);
  });

  it("keeps the order of its fields, and no value begins another field", () => {
    const forged = "a\r\nAuthentication-Results: spf=pass\n\nX: y\rZ: z";
    const internetMessageHeaders = [...headers, { name: "Subject", value: forged }, ...headers];
    const found = arrived({ parentFolderId: "1", internetMessageHeaders });
    assert.deepEqual(
      fieldsOf(found?.header ?? "").map(({ name }) => name),
      ["Received", "Subject", "Received"],
    );
  });
});
