// The program tells readConfig which values are secret in Pulumi. It ends before it declares anything.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import program from "../../index.ts";
import { goodConfig } from "../badConfigs.ts";

describe("the program", () => {
  it("repeats a bad value that is not secret, and none that is", async () => {
    pulumi.runtime.setMocks({ call: () => ({}), newResource: () => ({ id: "x", state: {} }) });
    const senders = goodConfig()["m365-smtp-relay:senders"];
    Object.assign(senders[0] ?? {}, { egress: ["10.77.0.1"] });
    const config = { ...goodConfig(), "m365-smtp-relay:senders": senders };
    const raw = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
    pulumi.runtime.setAllConfig(raw);
    await assert.rejects(program, /"10\.77\.0\.1" is a private address/);
    pulumi.runtime.setAllConfig(raw, ["m365-smtp-relay:senders"]);
    await assert.rejects(program, (error: Error) => {
      assert.match(
        error.message,
        /senders\[0\]\.egress\[0\]: is not valid \(not shown, because it is secret\); run pulumi config get m365-smtp-relay:senders to see it/,
      );
      assert.doesNotMatch(`${error.stack}`, /10\.77/);
      return true;
    });
  });
});
