// `npm run stop` and `npm run start` for each kind of sender: what is refused from the next message on, what an `up` does
// meanwhile, and that everything comes back as it was. Neither Pulumi's backend nor its engine is reached by them.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Certificate, Lab } from "../../lab/src/lab.ts";
import { labApplications, labSenders } from "../../lab/stack/senders.ts";
import { getToken, type SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { call } from "../../lab/test/unit/client.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
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

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { tenant, addresses } = lab.world;
    const { domain } = tenant;
    const [erp, billing] = labSenders(lab.world);
    const [shop] = labApplications(lab.world);
    lab.admin("New-InboundConnector", {
      ...{ Name: "Relay from ERP", ConnectorType: "OnPremises", SenderDomains: ["*"] },
      // As the stack wants it, so that it is adopted without a write, and bears no mark.
      ...{ SenderIPAddresses: [erp.egress], Comment: "made by Bob", RequireTls: true },
    });
    const support = { Name: "Support", PrimarySmtpAddress: `support@${domain}` };
    lab.admin("New-Mailbox", { Shared: true, ...support });
    lab.admin("Set-Mailbox", { Identity: "Support", CustomAttribute15: "cost centre 42" });
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
        of("crm", "oauth"),
        of("support", "oauth", { adoptMailbox: true }),
        of("printer", "password", { license: sku }),
      ],
    };
    certificate = await lab.issueCertificate({ names: [billing.host], issuer: "public" });
    stack = await fixture.open({ config });
    outputs = (await stack.up()).outputs as unknown as typeof outputs;
    for (const name of ["shop", "crm", "support"]) tokens[name] = await tokenOf(name);
    assert.equal(lab.world.connectors[0]?.comment, "made by Bob");
    restore = await fixture.snapshot();
  });
  beforeEach(async () => {
    await restore();
    stack = await fixture.open({ config });
  });
  after(() => fixture?.close());

  async function tokenOf(name: string): Promise<string> {
    const signIn = outputs.senders[name];
    assert.ok(signIn);
    const [shop] = labApplications(lab.world);
    if (name === "shop") return getToken(lab, shop, signIn);
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
    const to = outside.mailboxes.slice(0, 1);
    const message = `From: ${from}\r\nSubject: A message\r\n\r\nhello\r\n`;
    const addressOf = new Map([
      ["erp", addresses.customer[0]],
      ["plant", addresses.stranger],
      ["billing", addresses.customer[1]],
    ]);
    const address = addressOf.get(name);
    const credential =
      name === "printer"
        ? { password: outputs.secrets.printer ?? "" }
        : { token: tokens[name] ?? "" };
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
  const ALL = ["erp", "plant", "billing", "shop", "crm", "support", "printer"];
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
    const isConnector = (name: string) => ["erp", "plant", "billing"].includes(name);
    for (const [name, refusal] of await sendAll()) {
      assert.match(refusal, isConnector(name) ? NOT_RELAYED : SMTP_AUTH_OFF, name);
    }
    for (const name of ["shop", "crm", "support"]) {
      await assert.rejects(tokenOf(name), /AADSTS7000112/, name);
    }
    const { users } = lab.world.directory;
    assert.equal(
      users.find(({ userPrincipalName }) => /^printer@/.test(userPrincipalName))?.accountEnabled,
      false,
    );
    const noted = [
      ...lab.world.connectors.map(({ comment }) => comment),
      ...lab.world.mailboxes.map(({ customAttributes }) => customAttributes[15] ?? ""),
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
      /^sender "erp" is started already$/m,
    );
    assert.equal(held(), was, "a second start changes nothing");
    assert.deepEqual(summaryOf(await stack.drift()), []);
  });

  it("no up lets a stopped sender send again", async () => {
    const names = ["erp", "plant", "crm", "support"];
    assert.equal((await stop(...names.flatMap((name) => ["--sender", name]), "--yes")).code, 0);
    for (const one of ["billing", "shop", "printer"]) assert.equal(await send(one), "", one);
    assert.deepEqual(summaryOf(await stack.preview()), [], "an unchanged preview sees nothing");
    const unchanged = [held(), exchangeWrites(lab).length];

    const refreshed = (await errorsOf(stack.up({ refresh: true }))).join("\n");
    assert.match(refreshed, STOPPED);
    assert.match(refreshed, /run npm run start .*, then npm run pulumi -- up --refresh/);
    assert.deepEqual([held(), exchangeWrites(lab).length], unchanged);

    const { domain } = lab.world.tenant;
    const changes: Readonly<Record<string, object>> = {
      erp: { egress: ["192.0.2.41"] },
      plant: { egress: ["192.0.2.40"] },
      crm: { from: [`other@${domain}`] },
      support: { from: [`info@${domain}`] },
    };
    const senders = config["m365-smtp-relay:senders"] as { readonly name: string }[];
    const changed = await fixture.open({
      config: {
        ...config,
        "m365-smtp-relay:senders": senders.map((one) => ({ ...one, ...changes[one.name] })),
      },
    });
    const errors = (await errorsOf(changed.up())).join("\n");
    assert.match(errors, /connector of erp: enabled: was stopped by .* --sender erp, then/);
    assert.match(errors, /connector of plant: enabled: was stopped by hand on/);
    assert.match(errors, /mailbox of crm: address: was stopped by hand on/);
    assert.match(errors, /mailbox of support: address: was stopped by hand on/);
    assert.deepEqual([held(), exchangeWrites(lab).length], unchanged);
    for (const name of names) assert.notEqual(await send(name), "", name);
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

  it("--leaked revokes what was leaked, and asks for it apart", async () => {
    const asking = await stop("--sender", "crm", "--leaked", "--yes");
    assert.equal(asking.code, 2);
    assert.match(asking.stderr, /add --irreversible$/m);
    const args = ["--sender", "crm", "--sender", "printer", "--leaked", "--irreversible", "--yes"];
    const { code, stderr } = await stop(...args);
    assert.equal(code, 0, stderr);
    assert.equal((await start("--sender", "crm", "--sender", "printer", "--yes")).code, 0);
    await assert.rejects(tokenOf("crm"), /AADSTS7000215/);
    assert.match(
      await send("printer"),
      /^535 5\.7\.139 Authentication unsuccessful, the request did not meet the criteria/,
    );
  });

  for (const [title, args, env, says] of [
    ["no identity", ["--sender", "erp"], { ARM_CLIENT_ID: "" }, /^stop: ARM_CLIENT_ID is missing/],
    [
      "another tenant",
      ["--sender", "erp"],
      { ARM_TENANT_ID: "aaaabbbb-0000-cccc-1111-dddd2222eeee" },
      /^stop: ARM_TENANT_ID: .* is not the tenant of this stack/,
    ],
    [
      "no such sender",
      ["--sender", "erq"],
      {},
      /^stop: stack "lab" has no sender "erq"; use one of erp, plant, .*; nothing was changed$/m,
    ],
    ["no sender named", [], {}, /^stop: name one or more with --sender, or give --all$/m],
  ] as const) {
    it(`refuses ${title}, and changes nothing`, async () => {
      const was = held();
      const { code, stderr } = await runWriting(
        fixture,
        "scripts/stop/stop.ts",
        ["--stack", "lab", "--yes", ...args],
        env,
      );
      assert.equal(code, args.length === 0 ? 2 : 1);
      assert.match(stderr, says);
      assert.equal(held(), was);
    });
  }

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
      /connector "relay-lab-plant" does not bear the ownership mark of sender "plant"; .* Set-InboundConnector -Identity "relay-lab-plant" -Enabled \$false/,
    );
    assert.match(stderr, /mailbox crm@\S+ is managed by m365-smtp-relay\/other\/crm/);
    assert.equal(held(), was);
  });
});
