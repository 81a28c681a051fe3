// What `npm run doctor` says of stacks that use what was there before them.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { type Bench, openBench, type Settings } from "./culprits/bench.ts";
import { SEED } from "./fixture.ts";

const SENDERS = "m365-smtp-relay:senders";

/** A mailbox and a connector of others become senders' own, and apps have their rights in the classic way. */
function adopting(settings: Settings, lab: Lab): Settings {
  const { domain } = lab.world.tenant;
  const [support, old] = [`support@${domain}`, "198.51.100.77"];
  lab.admin("New-Mailbox", { Shared: true, Name: "Support", PrimarySmtpAddress: support });
  lab.admin("Set-CASMailbox", { Identity: support, SmtpClientAuthenticationDisabled: true });
  lab.admin("New-InboundConnector", {
    ...{ Name: "Old relay", ConnectorType: "OnPremises", SenderDomains: ["*"] },
    ...{ SenderIPAddresses: [old], RequireTls: true, Comment: "made in 2019" },
  });
  return {
    ...settings,
    "m365-smtp-relay:applicationAccess": "classic",
    [SENDERS]: [
      ...(settings[SENDERS] as object[]),
      { name: "desk", from: [support], authentication: ["oauth"], adoptMailbox: true },
      {
        ...{ name: "old", from: [`*@${domain}`], authentication: ["staticIp"], egress: [old] },
        adoptConnector: "Old relay",
      },
    ],
  };
}

describe(`npm run doctor of a stack that adopts, seed ${SEED}`, () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench(adopting);
  });
  after(() => bench?.close());

  it("finds all well where it is", async () => {
    assert.deepEqual(await bench.doctor(), []);
  });

  it("says of an adopted connector that is gone what makes it again", async () => {
    bench.lab.admin("Remove-InboundConnector", { Identity: "Old relay" });
    const told = await bench.doctor();
    assert.deepEqual(
      told.map(({ check, what }) => `${check}: ${what}`),
      ['connectors: connector "Old relay" is not there'],
    );
    const [first] = told;
    assert.match(
      first && "fix" in first ? first.fix : "",
      /^create it again by hand; or take adoptConnector/,
    );
  });
});
