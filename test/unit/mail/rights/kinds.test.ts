// What a stack's rights are computed from is what the program declares.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { SmtpRelay } from "../../../../components/smtpRelay.ts";
import { kindsOf } from "../../../../mail/rights/kinds.ts";
import { needsOf } from "../../../../providers/kinds.ts";
import { configOf, STACKS } from "./stacks.ts";

/** What the mocked engine returns of any resource, beside its inputs. */
const OUTPUTS = {
  mxHost: "mx.example",
  pending: "",
  after: "v=DMARC1; p=none",
  selector1CNAME: "one.example",
  selector2CNAME: "two.example",
  appRoleIds: { "SMTP.SendAsApp": "00000002-0000-0ff1-ce00-000000000000" },
};

/** Name of a kind of ours; of any other resource its type. */
const kindOf = ({ type }: pulumi.runtime.MockResourceArgs): string =>
  /^pulumi-nodejs:dynamic\/m365-smtp-relay:(\w+)$/.exec(type)?.[1] ?? type;

async function declaredKinds(config: ReturnType<typeof configOf>): Promise<string[]> {
  const kinds = new Set<string>();
  let last = Date.now();
  await pulumi.runtime.setMocks({
    call: () => OUTPUTS,
    newResource(resource) {
      last = Date.now();
      if (resource.custom) kinds.add(kindOf(resource));
      return { id: resource.name, state: { ...resource.inputs, ...OUTPUTS } };
    },
  });
  const zones = [{ id: "0".repeat(32), name: "contoso.com" }];
  const relay = new SmtpRelay("relay", { ...config, zones });
  await new Promise((resolve) => relay.pending.apply(resolve));
  // What only other resources wait for comes after the outputs.
  while (Date.now() - last < 50) await new Promise((resolve) => setTimeout(resolve, 10));
  return [...kinds].filter((kind) => needsOf(kind) !== undefined).sort();
}

describe("the kinds that a stack's rights are computed from", () => {
  for (const [name, { senders, more }] of Object.entries(STACKS)) {
    it(`are those that the program declares: ${name}`, async (t) => {
      for (const level of ["info", "warn"] as const)
        t.mock.method(pulumi.log, level, async () => {});
      const config = configOf(senders, more);
      const kinds = [...new Set(kindsOf(config).map(({ kind }) => kind))].sort();
      assert.deepEqual(kinds, await declaredKinds(config));
    });
  }
});
