// `npm run stop` and `npm run start` for each kind of sender: what is refused from the next message on, what an `up` does
// meanwhile, and that everything comes back as it was. Neither Pulumi's backend nor its engine is reached by them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { parse } from "yaml";
import type { Certificate, Lab } from "../../lab/src/lab.ts";
import { makeRandom } from "../../lab/src/random.ts";
import { labApplications, labSenders } from "../../lab/stack/senders.ts";
import { getToken, type SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { call } from "../../lab/test/unit/client.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { certificateOf } from "../unit/mail/certificates.ts";
import { type ClassicApp, makeClassicApp } from "./classicApp.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { runReading } from "./readingScript.ts";
import { runWriting } from "./runScript.ts";

/** None that answers. */
const NO_BACKEND = { PULUMI_BACKEND_URL: "file:///no/such/backend", PULUMI_CONFIG_PASSPHRASE: "" };
const NOT_RELAYED = /^550 5\.7\.64/;
const SMTP_AUTH_OFF =
  /^535 5\.7\.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox/;
const STOPPED = /was stopped by hand on \d{4}-\d\d-\d\d \d\d:\d\d UTC with npm run stop/;

describe(`stopping senders, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let config: Record<string, unknown>;
  let restore: () => Promise<void>;
  let certificate: Certificate;
  let outputs: {
    readonly senders: Readonly<Record<string, SignIn>>;
    readonly secrets: Readonly<Record<string, string>>;
  };
  /** Valid before a sender is stopped, and longer. */
  const tokens: Record<string, string> = {};
  let adoptedApp: ClassicApp;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { tenant, addresses } = lab.world;
    const { domain } = tenant;
    const [erp, billing] = labSenders(lab.world);
    const [shop, portal] = labApplications(lab.world);
    lab.admin("New-InboundConnector", {
      ...{ Name: "Relay from ERP", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      // As the stack wants it, so that it is adopted without a write, and bears no mark.
      ...{ SenderIPAddresses: [erp.egress], Comment: "made by Bob", RequireTls: true },
    });
    const support = { Name: "Support", PrimarySmtpAddress: `support@${domain}` };
    lab.admin("New-Mailbox", { Shared: true, ...support });
    lab.admin("Set-Mailbox", { Identity: "Support", CustomAttribute15: "cost centre 42" });
    adoptedApp = makeClassicApp(lab);
    lab.admin("Set-CASMailbox", {
      ...{ Identity: adoptedApp.mailbox, SmtpClientAuthenticationDisabled: false },
    });
    const sku = tenant.skus[0]?.skuPartNumber;
    const of = (name: string, authentication: string, rest: object = {}) => ({
      ...{ name, from: [`${name}@${domain}`], authentication: [authentication] },
      ...rest,
    });
    config = {
      ...labConfig(lab.world),
      "m365-smtp-relay:senders": [
        of("erp", "staticIp", { egress: [erp.egress], adoptConnector: "Relay from ERP" }),
        of("plant", "staticIp", { egress: [addresses.stranger] }),
        of("billing", "certificate", { certificateName: billing.host }),
        of("shop", "oauth", { federatedIdentity: shop.federatedIdentity }),
        of("portal", "oauth", { signInCertificate: portal.signInCertificate }),
        of("crm", "oauth"),
        of("support", "oauth", { adoptMailbox: true }),
        of("anna", "oauth", { adoptMailbox: true, adoptApplication: adoptedApp.clientId }),
        of("printer", "password", { license: sku }),
        of("news", "password", { external: 0, recipientsPerDay: 50_000 }),
      ],
    };
    certificate = await lab.issueCertificate({ names: [billing.host], issuer: "public" });
    stack = await fixture.open({ config });
    outputs = (await stack.up({ skipPreview: true })).outputs as unknown as typeof outputs;
    for (const name of [...OWN_APPS, "anna"]) tokens[name] = await tokenOf(name);
    assert.equal(lab.world.connectors[0]?.comment, "made by Bob");
    restore = await fixture.snapshot();
  });
  beforeEach(async () => {
    await restore();
    stack = await fixture.open({ config });
  });
  after(() => fixture?.close());

  async function tokenOf(name: string): Promise<string> {
    if (name === "anna") return adoptedApp.token();
    const signIn = outputs.senders[name];
    assert.ok(signIn);
    const [shop, portal] = labApplications(lab.world);
    if (name === "shop") return getToken(lab, shop, signIn);
    if (name === "portal") return getToken(lab, portal, signIn);
    const form = new URLSearchParams({
      ...{ grant_type: "client_credentials", client_id: signIn.clientId, scope: signIn.scope },
      client_secret: outputs.secrets[name] ?? "",
    });
    const { text } = await call(lab, new URL(signIn.tokenEndpoint).pathname, form.toString());
    const { access_token, error_description } = JSON.parse(text);
    if (access_token === undefined) throw new Error(error_description);
    return access_token;
  }

  /** Hands in a message as a sender; empty when it is taken. */
  async function send(name: string): Promise<string> {
    const { addresses, tenant, outside } = lab.world;
    const from = `${name}@${tenant.domain}`;
    const to = name === "news" ? [`anna@${tenant.domain}`] : outside.mailboxes.slice(0, 1);
    const message = `From: ${from}\r\nSubject: A message\r\n\r\nhello\r\n`;
    const addressOf = new Map([
      ["erp", addresses.customer[0]],
      ["plant", addresses.stranger],
      ["billing", addresses.customer[1]],
    ]);
    const address = addressOf.get(name);
    const password = outputs.secrets[name] ?? "";
    const credential = name === "printer" ? { password } : { token: tokens[name] ?? "" };
    if (name === "news") {
      const sent = await lab.sendHighVolume({ user: from, to, message, password });
      return sent.accepted ? "" : sent.refusal;
    }
    const result = address
      ? await lab.submit({
          ...{ from: address, helo: "x.example", envelope: { from, to }, message },
          ...(name === "billing" && { tls: certificate }),
        })
      : await lab.sendAs({ user: from, to, message, ...credential });
    return result.accepted ? "" : result.refusal;
  }

  /** The world but for when things were changed, and how long a switch takes. */
  const held = () =>
    JSON.stringify(JSON.parse(comparableWorld(lab)), (key, value) =>
      ["whenChanged", "smtpClientAuthentication"].includes(key) ? undefined : value,
    );
  const CONNECTORS = ["erp", "plant", "billing"];
  const OWN_APPS = ["shop", "portal", "crm", "support"];
  const ALL = [...CONNECTORS, ...OWN_APPS, "anna", "printer", "news"];
  const REFUSED: Readonly<Record<string, RegExp>> = {
    ...Object.fromEntries(CONNECTORS.map((name) => [name, NOT_RELAYED])),
    news: /^535 5\.7\.3 /,
  };
  const sendAll = () => Promise.all(ALL.map(async (name) => [name, await send(name)] as const));
  const stop = (...args: string[]) =>
    runWriting(fixture, "scripts/stop/stop.ts", ["--stack", "lab", ...args], NO_BACKEND);
  const start = (...args: string[]) =>
    runWriting(fixture, "scripts/stop/start.ts", ["--stack", "lab", ...args], NO_BACKEND);

  it("every kind of sender is refused at its next message, and start gives back exactly what was", async () => {
    const was = held();
    for (const [name, refusal] of await sendAll()) assert.equal(refusal, "", name);

    const stopped = await stop("--all", "--yes", "--json");
    assert.equal(stopped.code, 0, stopped.stderr);
    for (const [name, refusal] of await sendAll()) {
      assert.match(refusal, REFUSED[name] ?? SMTP_AUTH_OFF, name);
    }
    for (const name of OWN_APPS) {
      await assert.rejects(tokenOf(name), /AADSTS7000112/, name);
    }
    const { users } = lab.world.directory;
    assert.deepEqual(
      users
        .filter(({ userPrincipalName }) => /^(?:printer|news)@/.test(userPrincipalName))
        .map(({ accountEnabled }) => accountEnabled),
      [false, false],
    );
    const noted = [
      ...lab.world.connectors.map(({ comment }) => comment),
      ...[...lab.world.mailboxes, ...lab.world.hveAccounts].map(
        ({ customAttributes }) => customAttributes[15] ?? "",
      ),
    ].filter((text) => /Stopped by hand on .* with npm run stop/.test(text));
    assert.equal(noted.length, ALL.length, "each bears the note");

    const world = held();
    const again = await stop("--all", "--yes");
    assert.equal(again.code, 0);
    assert.match(again.stdout, /^sender "erp" is stopped already$/m);
    assert.equal(held(), world, "a second stop changes nothing");

    const started = await start("--all", "--yes");
    assert.equal(started.code, 0, started.stderr);
    assert.equal(held(), was);
    for (const [name, refusal] of await sendAll()) assert.equal(refusal, "", name);
    assert.match(
      (await start("--sender", "erp", "--yes")).stdout,
      /^sender "erp" is not stopped: it bears no note of npm run stop$/m,
    );
    assert.equal(held(), was, "a second start changes nothing");
    assert.deepEqual(summaryOf(await stack.drift()), []);
  });

  it("no up lets a stopped sender send again, and drift says why", async () => {
    assert.equal((await stop("--all", "--yes")).code, 0);
    assert.deepEqual(summaryOf(await stack.preview()), [], "an unchanged preview sees nothing");
    const unchanged = [held(), exchangeWrites(lab).length];

    assert.match((await errorsOf(stack.up({ refresh: true }))).join("\n"), STOPPED);
    assert.deepEqual([held(), exchangeWrites(lab).length], unchanged);

    const { code, stdout } = await runReading(fixture, stack, "scripts/drift/main.ts", [
      ...["--stack", "lab", "--json"],
    ]);
    assert.equal(code, 7);
    for (const name of ALL) {
      const says = `it ${STOPPED.source}; npm run start -- --stack lab --sender ${name} lets it send`;
      assert.match(stdout, new RegExp(says), name);
    }

    const { domain } = lab.world.tenant;
    const senders = config["m365-smtp-relay:senders"] as { readonly name: string }[];
    const connectors: Readonly<Record<string, object>> = {
      erp: { egress: ["192.0.2.41"] },
      plant: { egress: ["192.0.2.40"] },
      billing: { certificateName: `other.${domain}` },
    };
    const changed = await fixture.open({
      config: {
        ...config,
        "m365-smtp-relay:senders": senders.map((one) => ({
          ...one,
          ...(connectors[one.name] ?? { from: [`other-${one.name}@${domain}`] }),
        })),
      },
    });
    const errors = (await errorsOf(changed.up())).join("\n");
    for (const name of ALL) {
      const what = CONNECTORS.includes(name)
        ? "connector of \\S+: enabled"
        : name === "news"
          ? "account of \\S+: address"
          : "mailbox of \\S+: address";
      const says = new RegExp(`${what}: ${STOPPED.source}.* --sender ${name}, then`);
      assert.match(errors, says, name);
    }
    // One that gets another method has nothing in common with what was stopped.
    const swapped: Readonly<Record<string, object>> = {
      crm: { authentication: ["staticIp"], egress: ["192.0.2.42"] },
      plant: { authentication: ["oauth"], egress: [] },
      news: { authentication: ["oauth"], recipientsPerDay: 900, from: [`other-news@${domain}`] },
    };
    const moved = await fixture.open({
      config: {
        ...config,
        "m365-smtp-relay:senders": senders.map((one) => ({ ...one, ...swapped[one.name] })),
      },
    });
    const refused = (await errorsOf(moved.preview())).join("\n");
    for (const what of ["mailbox of crm", "connector of plant", "account of news"]) {
      assert.match(refused, new RegExp(`${what}: \\w+: ${STOPPED.source}`), refused);
    }
    assert.deepEqual([held(), exchangeWrites(lab).length], unchanged);
    for (const [name, refusal] of await sendAll()) assert.notEqual(refusal, "", name);
  });

  it("an up --refresh is refused for each kind, names the command, and goes on once it was run", async () => {
    const was = held();
    const random = makeRandom(`${SEED}/stopped`);
    const drawn = [random.pick(CONNECTORS), random.pick([...OWN_APPS, "anna", "printer"]), "news"];
    const stopped = new Set(process.env.EXHAUSTIVE === "1" ? ALL : drawn);
    assert.equal(
      (await stop(...[...stopped].flatMap((name) => ["--sender", name]), "--yes")).code,
      0,
    );
    while (stopped.size > 0) {
      const unchanged = [held(), exchangeWrites(lab).length];
      const refused = (await errorsOf(stack.up({ refresh: true }))).join("\n");
      assert.match(refused, STOPPED);
      assert.deepEqual([held(), exchangeWrites(lab).length], unchanged);
      const [, name = ""] =
        /; run npm run start -- --stack lab --sender (\S+), then npm run pulumi -- up --refresh/.exec(
          refused,
        ) ?? [];
      assert.ok(stopped.delete(name), refused);
      assert.equal((await start("--sender", name, "--yes")).code, 0);
    }
    await stack.up({ refresh: true });
    assert.equal(held(), was);
  });

  it("a sender that another one's connector relays too is not stopped, and it says so", async () => {
    const [erp] = labSenders(lab.world);
    const senders = config["m365-smtp-relay:senders"] as { name: string }[];
    stack = await fixture.open({
      config: {
        ...config,
        "m365-smtp-relay:senders": senders.map((one) =>
          one.name === "billing" ? { ...one, egress: [erp.egress] } : one,
        ),
      },
    });
    const from = `billing@${lab.world.tenant.domain}`;
    const sendFromThere = async () => {
      const { refusal } = await lab.submit({
        ...{ from: erp.egress, helo: "x.example", tls: certificate },
        envelope: { from, to: lab.world.outside.mailboxes.slice(0, 1) },
        message: `From: ${from}\r\n\r\nhello\r\n`,
      });
      return refusal;
    };
    const told = await stop("--sender", "billing", "--yes");
    assert.equal(told.code, 1);
    assert.ok(
      told.stderr.includes(
        `sender "billing" is not stopped at ${erp.egress}: the connector of sender "erp" takes whatever comes from there; stop sender "erp" too, or keep its server from connecting to port 25`,
      ),
      told.stderr,
    );
    assert.doesNotMatch(told.stderr + told.stdout, /5\.7\.64/);
    assert.equal(await sendFromThere(), "");
    assert.equal((await stop("--sender", "billing", "--sender", "erp", "--yes")).code, 0);
    assert.match(await sendFromThere(), NOT_RELAYED);
    assert.equal((await stop("--sender", "billing", "--yes")).code, 0, "erp is stopped already");
  });

  it("a connector's certificate that is renewed under its name changes nothing in Exchange", async () => {
    const { host } = labSenders(lab.world)[1];
    const [before, writes] = [certificate, exchangeWrites(lab).length];
    certificate = await lab.issueCertificate({ names: [host], issuer: "public" });
    assert.notEqual(certificate.chain, before.chain);
    assert.equal(await send("billing"), "");
    certificate = before;
    assert.equal(await send("billing"), "", "both are taken");
    assert.deepEqual(summaryOf(await stack.preview()), []);
    assert.equal(exchangeWrites(lab).length, writes);
  });

  it("what was off before stays off", async () => {
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-plant", Enabled: false });
    lab.admin("Set-CASMailbox", {
      ...{ Identity: `crm@${lab.world.tenant.domain}`, SmtpClientAuthenticationDisabled: null },
    });
    const was = held();
    assert.equal((await stop("--sender", "plant", "--sender", "crm", "--yes")).code, 0);
    assert.notEqual(held(), was);
    assert.equal((await start("--sender", "plant", "--sender", "crm", "--yes")).code, 0);
    assert.equal(held(), was);
  });

  it("a stop that was cut off after its note is completed by the next one", async () => {
    const was = held();
    const { domain } = lab.world.tenant;
    assert.equal((await stop("--sender", "crm", "--yes")).code, 0);
    const stopped = held();
    const Identity = `crm@${domain}`;
    lab.admin("Set-CASMailbox", { Identity, SmtpClientAuthenticationDisabled: false });
    for (const principal of lab.world.directory.servicePrincipals) principal.accountEnabled = true;
    assert.equal(await send("crm"), "");
    assert.equal((await stop("--sender", "crm", "--yes")).code, 0);
    assert.equal(held(), stopped);
    assert.equal((await start("--sender", "crm", "--yes")).code, 0);
    assert.equal(held(), was);
  });

  it("what may not be done keeps nothing else from being done", async () => {
    const { appRoles } = lab.world.deployer;
    appRoles.graph = appRoles.graph
      .filter((role) => role !== "Application.ReadWrite.All")
      .concat("Application.Read.All");
    const { code, stderr } = await stop("--sender", "crm", "--yes");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^stop: not done: block the sign-in of app "relay-lab-crm": .*grant the app Application\.ReadWrite\.All/m,
    );
    assert.match(await send("crm"), SMTP_AUTH_OFF);
  });

  for (const [name, match, off] of [
    ["crm", "Set-Mailbox", SMTP_AUTH_OFF],
    ["news", "Set-MailUser", REFUSED.news],
  ] as const) {
    it(`what can't be noted with ${match} is stopped all the same, and the next stop notes it`, async () => {
      const what = { kind: "status", status: 500, retryAfter: 0.01 } as const;
      lab.faults.inject({ where: { service: "exchange", match }, what, times: 4 });
      const { code, stderr } = await stop("--sender", name, "--yes");
      assert.equal(code, 1);
      assert.match(stderr, /^stop: not done: .* could not be noted on .* \(Set-\w+: .*\)/m);
      assert.match(await send(name), off ?? /never/);
      assert.equal((await stop("--sender", name, "--yes")).code, 0);
      assert.match(held(), /Stopped by hand on/);
      assert.match(await send(name), off ?? /never/);
    });
  }

  it("without the right to end sessions, the leaked password is replaced all the same", async () => {
    const { appRoles } = lab.world.deployer;
    appRoles.graph = appRoles.graph.filter((role) => role !== "User.RevokeSessions.All");
    const args = ["--sender", "printer", "--leaked", "--irreversible", "--yes"];
    const { code, stderr } = await stop(...args);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^stop: not done: end the sessions of user \S+: .*grant the app User\.RevokeSessions\.All/m,
    );
    assert.equal(stderr.match(/^stop: not done/gm)?.length, 1);
    assert.equal((await start("--sender", "printer", "--yes")).code, 0);
    assert.match(await send("printer"), /^535 5\.7\.139 Authentication unsuccessful/);
  });

  it("a start that could not give everything back keeps the note, and the next one ends it", async () => {
    const was = held();
    assert.equal((await stop("--sender", "crm", "--sender", "support", "--yes")).code, 0);
    const stopped = held();
    const { appRoles } = lab.world.deployer;
    const { graph } = appRoles;
    for (const kept of [["Application.Read.All"], []]) {
      appRoles.graph = graph.filter((role) => !role.startsWith("Application.")).concat(kept);
      const { code, stderr } = await start("--sender", "crm", "--yes");
      assert.equal(code, 1);
      assert.match(stderr, /take the note of the stop away from mailbox crm@\S+: it stays until/);
      assert.match(stderr, /grant the app Application\.ReadWrite\.All/);
    }
    appRoles.graph = graph;
    assert.match((await errorsOf(stack.up({ refresh: true }))).join("\n"), STOPPED);
    assert.notEqual(held(), stopped);
    assert.equal((await start("--sender", "crm", "--sender", "support", "--yes")).code, 0);
    assert.equal(held(), was);
  });

  it("a stop that can't read Entra says so, and notes what was when it can", async () => {
    const was = held();
    const { appRoles } = lab.world.deployer;
    const { graph } = appRoles;
    appRoles.graph = graph.filter((role) => !role.startsWith("Application."));
    const { code, stderr } = await stop("--sender", "crm", "--yes");
    assert.equal(code, 1);
    assert.match(stderr, /not done: sender "crm": its app is left as it is \(.*grant the app/);
    assert.match(await send("crm"), SMTP_AUTH_OFF);
    appRoles.graph = graph;
    assert.equal((await stop("--sender", "crm", "--yes")).code, 0);
    await assert.rejects(tokenOf("crm"), /AADSTS7000112/);
    assert.equal((await start("--sender", "crm", "--yes")).code, 0);
    assert.equal(held(), was);
  });

  it("--leaked revokes what was leaked, and asks for it apart", async () => {
    const was = held();
    const first = await stop("--sender", "crm", "--leaked");
    assert.equal(first.code, 2);
    assert.match(first.stderr, /^stop: nobody can be asked .* here; add --yes$/m);
    assert.equal(held(), was);
    const asking = await stop("--sender", "crm", "--leaked", "--yes");
    assert.equal(asking.code, 2);
    assert.match(asking.stderr, /add --irreversible$/m);
    const revoked = ["crm", "portal", "printer"].flatMap((name) => ["--sender", name]);
    const { code, stderr } = await stop(...revoked, "--leaked", "--irreversible", "--yes");
    assert.equal(code, 0, stderr);
    assert.equal((await start(...revoked, "--yes")).code, 0);
    await assert.rejects(tokenOf("crm"), /AADSTS7000215/);
    await assert.rejects(tokenOf("portal"), /AADSTS700027/);
    assert.match(
      await send("printer"),
      /^535 5\.7\.139 Authentication unsuccessful, the request did not meet the criteria/,
    );
  });

  it("--leaked says what is not the stack's to revoke", async () => {
    const args = ["billing", "shop", "anna"].flatMap((name) => ["--sender", name]);
    const { code, stderr, stdout } = await stop(...args, "--leaked", "--yes", "--json");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^stop: not done: sender "billing" presents a certificate \(\S+\), which/m,
    );
    assert.match(
      stderr,
      /^stop: not done: sender "shop" signs in with tokens of https:\S+, of which/m,
    );
    assert.match(
      stderr,
      /^stop: not done: sender "anna" signs in with app \S+, whose credentials/m,
    );
    const { senders } = JSON.parse(stdout);
    for (const { steps } of senders) {
      for (const { outcome } of steps) assert.match(outcome, /^(was done already|done)$/);
    }
    for (const name of ["billing", "shop", "anna"]) assert.notEqual(await send(name), "", name);
  });

  it("after a leak, start and rotate give the sender a new credential, and nothing differs", async () => {
    const leaked = ["crm", "portal", "printer", "news"].flatMap((name) => ["--sender", name]);
    assert.equal((await stop(...leaked, "--leaked", "--irreversible", "--yes")).code, 0);
    assert.equal((await start(...leaked, "--yes")).code, 0);
    const handedOver = join(fixture.folder, "handed-over");
    const rotated = async (name: string) => {
      const script = "scripts/rotate/main.ts";
      const args = ["--stack", "lab", "--sender", name, "--yes", "--run", `cat > ${handedOver}`];
      const { code, stderr } = await runWriting(fixture, script, args);
      assert.equal(code, 0, stderr);
      return readFile(handedOver, "utf8");
    };
    const was = outputs;
    const secrets = { ...was.secrets };
    const renewed = ["crm", "printer", "news"];
    for (const name of ["printer", "news"]) assert.match(await send(name), /^535 /, name);
    for (const name of renewed) secrets[name] = await rotated(name);
    outputs = { ...was, secrets };
    tokens.crm = await tokenOf("crm");
    for (const name of renewed) assert.equal(await send(name), "", name);

    const signInCertificate = await certificateOf("rsa");
    const file = parse(await readFile(join(fixture.folder, "Pulumi.lab.yaml"), "utf8")).config;
    stack = await fixture.open({
      config: {
        ...file,
        "m365-smtp-relay:senders": file["m365-smtp-relay:senders"].map((one: { name: string }) =>
          one.name === "portal" ? { ...one, signInCertificate } : one,
        ),
      },
    });
    await stack.up();
    outputs = was;
    assert.deepEqual(summaryOf(await stack.drift()), []);
    assert.deepEqual(summaryOf(await stack.preview()), []);
  });

  it("touches nothing that bears another mark, or none", async () => {
    const { domain } = lab.world.tenant;
    lab.admin("Set-InboundConnector", { Identity: "relay-lab-plant", Comment: "mine now" });
    lab.admin("Set-Mailbox", {
      Identity: `crm@${domain}`,
      CustomAttribute15:
        "Managed by Pulumi: m365-smtp-relay/other/crm. Changes made by hand are undone.",
    });
    const was = held();
    const { code, stderr } = await stop("--sender", "plant", "--sender", "crm", "--yes");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /connector "relay-lab-plant" does not bear the ownership mark of sender "plant"; .* Set-InboundConnector -Identity 'relay-lab-plant' -Enabled:\$false/,
    );
    assert.match(stderr, /mailbox crm@\S+ is managed by m365-smtp-relay\/other\/crm/);
    assert.equal(held(), was);
  });
});
