// The folder that an ejected relay is written into.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { writeFolder } from "../../../scripts/eject/folder.ts";

describe("the folder of an ejected relay", () => {
  it("that nobody can make is refused, where a recursive mkdir of Node's never ends", {
    skip: existsSync("/proc") ? false : "there is no /proc",
  }, async () => {
    const file = { path: "zones/contoso.com.zone", text: "" };
    await assert.rejects(writeFolder("/proc/relay", [file]), /can't be written \(ENOENT\)/);
  });
});
