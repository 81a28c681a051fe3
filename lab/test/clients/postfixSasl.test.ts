// Systems sign in at Debian's Postfix, which runs by the text that `npm run senders` prints and relays for these alone. What
// it relays is in printed.test.ts.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { postfixSasl } from "../../../mail/clients/postfix.ts";
import { type ClientSettings, clientSettings, placesIn } from "../../../mail/clients/settings.ts";
import { findOracles } from "../../../scripts/oracles/find.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { openPostfix, type Postfix } from "./postfix.ts";
import { ACCOUNT_PASSWORD, signIn } from "./printedClients.ts";
import type { Bench } from "./runClient.ts";
import { type ClientScene, openClientScene } from "./scene.ts";

const oracles = await findOracles();

describe("Postfix, for systems that sign in", {
  skip: oracles.kind === "missing" && oracles.reason,
}, () => {
  let scene: ClientScene;
  let server: Postfix;
  let settings: ClientSettings;
  let bench: Bench;
  before(async () => {
    assert.ok(oracles.kind === "found");
    scene = await openClientScene(process.env.LAB_SEED ?? "1");
    const { lab, world, bea } = scene;
    lab.admin("New-InboundConnector", {
      ...{ Name: "by address", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      ...{ RequireTls: true, SenderIPAddresses: [world.addresses.customer[0]] },
    });
    bench = {
      oracles,
      folder: mkdtempSync(join(tmpdir(), "front-")),
      caFile: lab.caFile,
      source: loopbackOf(world.addresses.customer[0]),
      to: bea,
    };
    const output = {
      method: "connector" as const,
      from: [`shop@${world.tenant.domain}`, "*@wide.example"],
      ...{ host: world.tenant.mxHost, port: lab.ports.smtp, egress: [world.addresses.customer[0]] },
    };
    settings = clientSettings("shop", output, "prod", placesIn(bench.folder, "shop"));
    const { places } = settings;
    const names: [string] = [`relay.${world.tenant.domain}`];
    const { key, chain } = await lab.issueCertificate({ names, issuer: "public" });
    writeFileSync(places.serverKey, key, { mode: 0o600 });
    writeFileSync(places.serverChain, chain);
    for (const { path, text } of postfixSasl.files(settings)) {
      const at = path.replace(/^\/etc\/postfix/, bench.folder);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, text);
    }
    server = await openPostfix(bench, settings, ACCOUNT_PASSWORD);
  });
  after(async () => {
    await server.close();
    rmSync(bench.folder, { recursive: true });
    await scene.close();
  });

  const NOBODY = { auth: undefined, "auth-user": undefined, "auth-password": undefined };
  const CLEAR = { tls: undefined, "tls-verify": undefined, "tls-ca-path": undefined };
  const refusals = [
    ["whoever does not sign in, as the sender", NOBODY, /553 5\.7\.1 .*: not logged in/],
    [
      "whoever does not sign in, as somebody else",
      { ...NOBODY, from: "a@b.example" },
      /554 5\.7\.1 .*Access denied/,
    ],
    [
      "whoever does not sign in, in clear text",
      { ...NOBODY, ...CLEAR },
      /530 5\.7\.0 Must issue a STARTTLS/,
    ],
    ["a sign-in in clear text", CLEAR, /did not advertise authentication/],
    ["a wrong password", { "auth-password": "wrong" }, /535 5\.7\.8 Error: authentication failed/],
    ["an unknown user", { "auth-user": "printer" }, /535 5\.7\.8 Error: authentication failed/],
    ["a signed-in system as a stranger", { from: "a@b.example" }, /553 5\.7\.1 .*: not owned/],
    ["a signed-in system with the null sender", { from: "<>" }, /554 5\.7\.1 .*Access denied/],
  ] as const;
  for (const [who, change, reply] of refusals) {
    it(`refuses ${who}, and nobody gets anything`, () => refuses(change, reply));
  }

  it("refuses a signed-in system as another address of its domain, and nobody gets anything", () => {
    const from = `postmaster@${scene.world.tenant.domain}`;
    return refuses({ from }, /553 5\.7\.1 .*: not owned by user shop@/);
  });

  function refuses(change: Parameters<typeof signIn>[3], reply: RegExp): Promise<void> {
    return scene.refused(async () => {
      const { code, said } = await signIn(server, settings, bench, change);
      assert.notEqual(code, 0, said);
      assert.match(said, reply);
      const { said: queue } = await server.run("postqueue", ["-p"]);
      assert.match(queue, /^Mail queue is empty$/m);
    });
  }

  it("takes any address of a domain that its sender has as a whole", async () => {
    const { code, said } = await signIn(server, settings, bench, {
      ...{ from: "anybody@wide.example", "quit-after": "RCPT" },
    });
    assert.equal(code, 0, said);
    assert.match(said, /250 2\.1\.5 Ok/);
  });
});
