// How long a mailbox is looked into: a look that failed is made again, unless the mailbox says what no later look changes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { follow } from "../../../scripts/verify/follow.ts";
import { type FoundMessage, type Mailbox, Unreadable } from "../../../scripts/verify/mailbox.ts";

const ID = "<verify.1@contoso.com>";
const MESSAGE: FoundMessage = { where: "imap.example.com, INBOX", folder: "inbox", header: "" };

/** What becomes of a message in a mailbox whose first look fails, and how often it was looked into. */
async function followed(error: Error) {
  let looks = 0;
  const mailbox: Mailbox = {
    name: "imap.example.com as me",
    async find() {
      looks += 1;
      if (looks === 1) throw error;
      return new Map([[ID, MESSAGE]]);
    },
    close: async () => {},
  };
  const found = await follow([ID], { mailbox, tracer: undefined, minutes: 1 }, () => false);
  return { ...found(ID).arrival, looks };
}

describe("following a message", () => {
  it("looks again after a look that failed", async () => {
    const { outcome, looks } = await followed(new Error("the service is busy"));
    assert.deepEqual([outcome, looks], ["arrived", 2]);
  });

  it("looks no more where the mailbox can't be read, and says why", async () => {
    const found = await followed(new Unreadable("Access is denied."));
    assert.deepEqual(found, { outcome: "not found", why: "Access is denied.", looks: 1 });
  });
});
