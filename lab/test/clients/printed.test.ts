// Clients that are not ours send mail by the text that `npm run senders` prints. What that calls "tested" is what
// runs here.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CLIENTS } from "../../../mail/clients/clients.ts";
import {
  type ClientSettings,
  clientSettings,
  placesIn,
  type SenderOutput,
  type Way,
} from "../../../mail/clients/settings.ts";
import { findOracles } from "../../../scripts/oracles/find.ts";
import { fieldText, resultsOf } from "../../../test/oracles/results.ts";
import type { Certificate } from "../../src/lab.ts";
import { loopbackOf } from "../../src/world/nat.ts";
import { PRINTED } from "./printedClients.ts";
import { type ClientScene, HOST, openClientScene } from "./scene.ts";

const IDENTITY = {
  issuer: "https://token.ci.example",
  subject: "repo:shop",
  audience: "api://AzureADTokenExchange",
};

const oracles = await findOracles();

it("each client that senders calls tested is one that sends here", () => {
  const said = CLIENTS.filter(({ tested }) => tested.length > 0).map(({ name }) => name);
  assert.deepEqual(said.sort(), Object.keys(PRINTED).sort());
});

describe("printed for", { skip: oracles.kind === "missing" && oracles.reason }, () => {
  let scene: ClientScene;
  let folder: string;
  let certificate: Certificate;
  let ofApp: Certificate;
  let assertion: string;
  before(async () => {
    scene = await openClientScene(process.env.LAB_SEED ?? "1");
    folder = mkdtempSync(join(tmpdir(), "printed-"));
    const { lab, world } = scene;
    certificate = await lab.issueCertificate({
      names: [`relay.${world.tenant.domain}`],
      issuer: "public",
    });
    ofApp = await lab.issueCertificate({ names: ["shop"], issuer: "self-signed", key: "rsa" });
    lab.registerCertificate(ofApp.chain);
    assertion = await lab.issueAssertion(IDENTITY);
    const [issuer] = world.directory.issuers.filter((one) => one.issuer === IDENTITY.issuer);
    world.deployer.federatedCredentials.push({
      ...IDENTITY,
      certificate: issuer?.certificate ?? "",
    });
    const connector = { ConnectorType: "OnPremises", SenderDomains: ["*"], RequireTls: true };
    lab.admin("New-InboundConnector", {
      ...{ ...connector, Name: "by address" },
      SenderIPAddresses: [world.addresses.customer[0]],
    });
    lab.admin("New-InboundConnector", {
      ...{ ...connector, Name: "by certificate" },
      TlsSenderCertificateName: certificate.names[0],
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await scene.close();
  });

  /** What the stack would say of a sender. */
  function outputOf(way: Way): SenderOutput {
    const { lab, world, anna } = scene;
    // All that an address may have, and a shell, a configuration file or a program might take for its own.
    const from = [`o'brien.!#$x%&{y}+/=?^_\`|~-@${world.tenant.domain}`];
    const relay = {
      method: "connector" as const,
      from,
      host: world.tenant.mxHost,
      port: lab.ports.smtp,
    };
    if (way === "address") return { ...relay, egress: [world.addresses.customer[0]] };
    if (way === "certificate") return { ...relay, certificateName: certificate.names[0] ?? "" };
    const submission = {
      method: "smtpAuth" as const,
      from: [anna.address],
      host: HOST,
      port: lab.ports.submission,
      mailbox: anna.address,
    };
    if (way === "password") return { ...submission, credential: { by: way, output: "secrets.x" } };
    return {
      ...submission,
      tokenEndpoint: `https://localhost:${lab.ports.https}/${world.tenant.id}/oauth2/v2.0/token`,
      scope: "https://outlook.office365.com/.default",
      clientId: world.deployer.clientId,
      credential: credentialOf(way),
    };
  }

  function credentialOf(way: Way): NonNullable<SenderOutput["credential"]> {
    if (way === "federatedIdentity") return { by: way, ...IDENTITY };
    if (way === "signInCertificate") return { by: "certificate" };
    return { by: "secret", output: "secrets.x" };
  }

  /** Writes what is printed, and what it refers to. */
  function lay(client: (typeof CLIENTS)[number], way: Way, wrong?: string) {
    const own = mkdtempSync(join(folder, `${client.name}-${way}-`));
    const places = placesIn(own, "shop");
    const settings: ClientSettings = clientSettings("shop", outputOf(way), "prod", places);
    assert.equal(settings.way, way);
    const right = way === "password" ? scene.password : scene.lab.env.ARM_CLIENT_SECRET;
    writeFileSync(places.secret, wrong ?? right ?? "", { mode: 0o600 });
    const { key, chain } = way === "signInCertificate" ? ofApp : certificate;
    writeFileSync(places.key, key, { mode: 0o600 });
    writeFileSync(places.chain, chain);
    writeFileSync(places.serverKey, certificate.key, { mode: 0o600 });
    writeFileSync(places.serverChain, certificate.chain);
    writeFileSync(places.assertion, assertion, { mode: 0o600 });
    for (const { path, text } of client.files(settings)) {
      const at = path.startsWith(own)
        ? path
        : join(own, path.replace(/^(?:~|\/etc\/postfix)\//, ""));
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, text, { mode: 0o600 });
    }
    return { own, settings };
  }

  function send(client: (typeof CLIENTS)[number], own: string, settings: ClientSettings) {
    assert.ok(oracles.kind === "found");
    const { lab, world, bea } = scene;
    // A certificate counts from any address: this one is no connector's.
    const address =
      settings.way === "certificate" ? world.addresses.stranger : world.addresses.customer[0];
    const bench = {
      oracles,
      folder: own,
      caFile: lab.caFile,
      source: loopbackOf(address),
      to: bea,
    };
    const run = PRINTED[client.name];
    assert.ok(run);
    return run(settings, bench);
  }

  for (const client of CLIENTS.filter(({ name }) => name in PRINTED)) {
    it(`${client.name} says that a wrong password is refused, and nobody gets anything`, () =>
      scene.refused(async () => {
        const { own, settings } = lay(client, "password", "wrong");
        const { code, said } = await send(client, own, settings);
        assert.notEqual(code, 0, said);
        assert.match(
          said,
          /535 5\.7\.139 Authentication unsuccessful|Login denied|535, b'5\.7\.139/,
        );
      }));

    for (const way of client.tested) {
      it(`${client.name}, ${way}: delivers, and the message passes SPF, DKIM and DMARC`, async () => {
        const { own, settings } = lay(client, way);
        const messages = await scene.arriving(async () => {
          const { code, said } = await send(client, own, settings);
          assert.equal(code, 0, said);
        });
        assert.equal(messages.length, 1);
        const [message] = messages;
        assert.deepEqual(message?.envelope, { from: settings.from, to: [scene.bea] });
        const raw = message?.raw ?? "";
        const passed = { spf: "pass", dkim: ["pass"], dmarc: "pass" };
        assert.deepEqual(resultsOf(raw), passed, fieldText(raw));
      });
    }
  }
});
