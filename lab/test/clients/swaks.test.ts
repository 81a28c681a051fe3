// swaks, a client that is not ours, against the lab's port 25: delivered from an allowed address, refused from any
// other.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findOracles } from "../../../scripts/oracles/find.ts";
import { type Lab, openLab } from "../../src/lab.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { type Ended, runClient } from "./runClient.ts";

const oracles = await findOracles();

describe("swaks", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  let lab: Lab;
  before(async () => {
    lab = await openLab({ seed: process.env.LAB_SEED ?? "1" });
    lab.admin("New-InboundConnector", {
      Name: "by address",
      ConnectorType: "OnPremises",
      SenderDomains: ["*"],
      SenderIPAddresses: [lab.world.addresses.customer[0]],
      RequireTls: true,
    });
  });
  after(() => lab.close());

  function swaks(from: string, ...options: string[]): Promise<Ended> {
    assert.ok(oracles.kind === "found");
    const { ports, world } = lab;
    const args = [
      ...["--server", `127.0.0.1:${ports.smtp}`, "--local-interface", from],
      ...["--from", `erp@${world.tenant.domain}`, "--to", world.outside.mailboxes[0] ?? ""],
      ...options,
    ];
    return runClient(oracles, "swaks", args);
  }

  it("delivers from an allowed address over TLS", async () => {
    const { code, said } = await swaks(loopbackOf(lab.world.addresses.customer[0]), "--tls");
    assert.equal(code, 0, said);
    await lab.waitForMail(1, 10_000);
  });

  it("is refused at RCPT from a foreign address, and nothing arrives", async () => {
    const before = lab.mailbox().length;
    const { code, said } = await swaks("127.0.0.1", "--tls");
    assert.equal(code, 24, said);
    assert.match(said, /550 5\.7\.64 TenantAttribution; Relay Access Denied/);
    await lab.settle();
    assert.equal(lab.mailbox().length, before);
  });

  it("is refused at MAIL from an allowed address without TLS, and nothing arrives", async () => {
    const before = lab.mailbox().length;
    const { code, said } = await swaks(loopbackOf(lab.world.addresses.customer[0]));
    assert.equal(code, 23, said);
    assert.match(said, /454 4\.7\.0 Failed to establish appropriate TLS channel/);
    await lab.settle();
    assert.equal(lab.mailbox().length, before);
  });
});
