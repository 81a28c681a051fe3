// What senders sign in with that have neither an identity elsewhere nor a certificate, on the real engine: secrets,
// passwords, the licence that a password takes, and the classic way into a mailbox.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import { call } from "../../lab/test/unit/client.ts";
import type { OpenedStack, UpOptions } from "../../scripts/engine/openStack.ts";
import { errorsOf, exchangeWrites, type Fixture, filesIn, openFixture } from "./fixture.ts";

type Outputs = Readonly<{
  senders: Readonly<Record<string, SignIn & { credential: object }>>;
  secrets: Readonly<Record<string, string>>;
  pending: readonly string[];
}>;

const app = { name: "app", authentication: ["oauth"], recipientsPerDay: 100 };
const printer = { name: "printer", authentication: ["password"] };
const newsletter = { name: "newsletter", authentication: ["oauth"], recipientsPerDay: 100 };

// One life of one stack: each test goes on where the one before ended.
describe("a sender with a secret, one with a password and a licence, and one with a licensed mailbox", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let sku: Lab["world"]["tenant"]["skus"][number];
  let usersBefore: number;
  /** Secrets and passwords that came since the beginning and are valid; no tokens. */
  let newSecrets: () => string[];
  const outputs: Outputs[] = [];
  const latest = (): Outputs => outputs.at(-1) as Outputs;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    // So that every switch of a mailbox can be closed.
    lab.world.settings.newestClientSwitch = "known";
    const [first] = lab.world.tenant.skus;
    assert.ok(first);
    sku = first;
    sku.consumed = sku.enabled - 2;
    usersBefore = lab.world.directory.users.length;
    // What a tenant should have: nobody signs in with a password.
    lab.admin("New-AuthenticationPolicy", { Name: "No passwords" });
    lab.world.organization.defaultAuthenticationPolicy = "No passwords";
    const secretsBefore = lab.secrets();
    newSecrets = () =>
      lab.secrets().filter((text) => !secretsBefore.includes(text) && text.length < 100);
  });
  after(() => fixture?.close());

  /**
   * Opens the stack for a generation of what its senders sign in with; it protects its senders unless it is disposable.
   */
  async function configure(
    credentialGeneration: number,
    { license = sku.skuPartNumber, disposable = false, printerAt = "printer" } = {},
  ): Promise<void> {
    const { domain } = lab.world.tenant;
    const senders = [
      { ...app, from: [`app@${domain}`], credentialGeneration },
      { ...printer, from: [`${printerAt}@${domain}`], license, credentialGeneration },
      { ...newsletter, from: [`newsletter@${domain}`], license },
    ];
    stack = await fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": senders,
        "m365-smtp-relay:disposable": disposable,
      },
    });
  }
  async function up(options?: UpOptions): Promise<Outputs> {
    const result = await stack.up(options);
    outputs.push(result.outputs as unknown as Outputs);
    assert.deepEqual(latest().pending, []);
    return latest();
  }
  const sendAsApp = async (secret: string): Promise<string> => {
    const { app: signIn } = latest().senders;
    assert.ok(signIn);
    return send(lab, signIn.mailbox, await tokenBy(lab, signIn, secret));
  };
  const sendAsPrinter = (password: string): Promise<string> =>
    send(lab, latest().senders.printer?.mailbox ?? "", { password });

  it("the preview says that the tenant has no such licence, and nothing is made", async () => {
    await configure(1, { license: "NOTHERE" });
    const world = comparableWorld(lab);
    const [error = ""] = await errorsOf(stack.preview());
    assert.match(error, /NOTHERE/);
    assert.ok(error.includes(sku.skuPartNumber), "what the tenant has is listed");
    assert.deepEqual(comparableWorld(lab), world);
  });

  it("the preview says that too few licences are free for both senders, and nothing is made", async () => {
    sku.consumed = sku.enabled - 1;
    await configure(1);
    const world = comparableWorld(lab);
    assert.match(
      (await errorsOf(stack.preview())).join("\n"),
      /mailboxes of newsletter, printer: license: "\S+" has only 1 free licence, but 2 are needed/,
    );
    assert.deepEqual(comparableWorld(lab), world);
    sku.consumed = sku.enabled - 2;
  });

  it("up makes one credential each, and a warning for the password", async () => {
    const { senders, secrets } = await up();
    assert.deepEqual(newSecrets().sort(), Object.values(secrets).sort());
    assert.deepEqual(Object.keys(secrets).sort(), ["app", "newsletter", "printer"]);
    assert.match(
      JSON.stringify(senders.app?.credential),
      /"endDate":"\d{4}-.*"output":"secrets\.app"/,
    );
    assert.match(fixture.output(), /sender "printer" signs in with a password.*December 2026/);
    assert.equal(await sendAsApp(secrets.app ?? ""), "250");
    assert.equal(await sendAsPrinter(secrets.printer ?? ""), "250");
  });

  it("the licences are taken", () => assert.equal(sku.consumed, sku.enabled));

  it("the password opens nothing but SMTP", () => {
    const address = latest().senders.printer?.mailbox;
    const mailbox = lab.world.mailboxes.find((one) => one.address === address);
    const { smtpClientAuthentication: _, ...access } = mailbox?.clientAccess ?? {};
    const switches = [...new Set(Object.values(access))];
    assert.deepEqual(switches, [false], "all are off, and so is SMTP AUTH's 'disabled'");
  });

  it("nothing is left to do, and nothing drifts", async () => {
    assert.deepEqual(await stack.preview(), []);
    // The user got its mail address by the licence: Entra shows it from then on.
    await up({ refresh: true, skipPreview: true });
    assert.deepEqual(await stack.drift(), []);
    assert.deepEqual(await stack.preview(), []);
  });

  it("the second generation: the secret before works on, the password before does not", async () => {
    const { secrets: first } = latest();
    await configure(2);
    const { secrets: second } = await up();
    assert.notEqual(second.app, first.app);
    assert.notEqual(second.printer, first.printer);
    for (const secret of [first.app, second.app])
      assert.equal(await sendAsApp(secret ?? ""), "250");
    assert.match(await sendAsPrinter(first.printer ?? ""), /^535 5\.7\.139/);
    assert.equal(await sendAsPrinter(second.printer ?? ""), "250");
    assert.deepEqual(await stack.preview(), []);
  });

  it("the third generation: the first secret goes", async () => {
    const { app: first = "" } = outputs[0]?.secrets ?? {};
    const { app: second = "" } = latest().secrets;
    await configure(3);
    const { app: third = "" } = (await up()).secrets;
    await assert.rejects(sendAsApp(first), /AADSTS7000215/);
    assert.deepEqual([await sendAsApp(second), await sendAsApp(third)], ["250", "250"]);
    const { clientId } = latest().senders.app as SignIn;
    const registered = lab.world.directory.applications.find(({ appId }) => appId === clientId);
    assert.equal(registered?.passwordCredentials.length, 2, "the newest and the one before");
    assert.deepEqual(await stack.preview(), []);
  });

  it("a destroy by mistake takes nothing that up can't bring back", async () => {
    const { senders, secrets } = latest();
    assert.match((await errorsOf(stack.destroy())).join("\n"), /protect/);
    const again = await up({ skipPreview: true });
    assert.deepEqual(again.senders, senders, "the same client ids, mailboxes and credentials");
    assert.deepEqual(again.secrets, secrets);
    assert.equal(await sendAsApp(secrets.app ?? ""), "250");
    assert.equal(await sendAsPrinter(secrets.printer ?? ""), "250");
  });

  it("a protected mailbox is repaired", async () => {
    const Identity = latest().senders.newsletter?.mailbox;
    lab.admin("Set-CASMailbox", { Identity, OWAEnabled: true });
    await up({ refresh: true, skipPreview: true });
    const mailbox = lab.world.mailboxes.find(({ address }) => address === Identity);
    assert.equal(mailbox?.clientAccess.owaEnabled, false);
  });

  it("the password moves to another address with its sender", async () => {
    const password = latest().secrets.printer ?? "";
    await configure(3, { disposable: true });
    await up({ skipPreview: true });
    await configure(3, { disposable: true, printerAt: "scanner" });
    const { senders } = await up();
    assert.equal(senders.printer?.mailbox, `scanner@${lab.world.tenant.domain}`);
    assert.equal(await sendAsPrinter(password), "250");
  });

  it("destroy gives the licences back, and leaves no user and no policy", async () => {
    await stack.destroy();
    assert.equal(lab.world.directory.users.length, usersBefore);
    assert.equal(sku.consumed, sku.enabled - 2);
    assert.deepEqual(
      lab.world.authenticationPolicies.map(({ name }) => name),
      ["No passwords"],
    );
  });

  it("no secret was in the state, its history, the output or the log", async () => {
    const secrets = new Set(outputs.flatMap((one) => Object.values(one.secrets)));
    assert.ok(secrets.size >= 6);
    const places = {
      "state and history": await filesIn(fixture.folder),
      output: fixture.output(),
      log: JSON.stringify(lab.log.events()),
    };
    for (const [place, text] of Object.entries(places)) {
      assert.notEqual(text, "", `${place} was read`);
      assert.equal([...secrets].filter((secret) => text.includes(secret)).length, 0, place);
    }
  });
});

describe("a tenant without the role for SMTP", () => {
  let fixture: Fixture;
  before(async () => {
    fixture = await openFixture();
    fixture.lab.world.settings.applicationRbac = false;
  });
  after(() => fixture?.close());

  const configOf = ({ world }: Lab) => ({
    ...labConfig(world),
    "m365-smtp-relay:senders": [{ ...app, from: [`app@${world.tenant.domain}`] }],
  });

  it("the preview names the classic way, and nothing is made", async () => {
    const { lab } = fixture;
    const stack = await fixture.open({ config: configOf(lab) });
    const [error = ""] = await errorsOf(stack.preview());
    assert.match(
      error,
      /Application SMTP\.SendAsApp.*set m365-smtp-relay:applicationAccess to classic/s,
    );
    assert.deepEqual(exchangeWrites(lab), []);
  });

  it("the classic way is made, repaired and removed", async () => {
    const { lab } = fixture;
    const stack = await fixture.open({
      config: { ...configOf(lab), "m365-smtp-relay:applicationAccess": "classic" },
    });
    const { senders, secrets } = (await stack.up()).outputs as unknown as Outputs;
    const signIn = senders.app as SignIn;
    const sendAsApp = async () =>
      send(lab, signIn.mailbox, await tokenBy(lab, signIn, secrets.app ?? ""));
    assert.equal(await sendAsApp(), "250");
    assert.deepEqual(await stack.preview(), []);
    assert.deepEqual(await stack.drift(), []);

    lab.admin("Remove-MailboxPermission", {
      Identity: signIn.mailbox,
      User: lab.world.exchangeServicePrincipals[0]?.objectId,
      AccessRights: ["FullAccess"],
      Confirm: false,
    });
    assert.match(await sendAsApp(), /^535 5\.7\.3/);
    await stack.up({ refresh: true, skipPreview: true });
    assert.equal(await sendAsApp(), "250");
    await stack.destroy();
    assert.deepEqual(lab.world.directory.appRoleAssignments, []);
    assert.deepEqual(lab.world.mailboxPermissions, []);
  });
});

/** @throws Error with Entra's words */
async function tokenBy(lab: Lab, signIn: SignIn, secret: string): Promise<{ token: string }> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: signIn.clientId,
    client_secret: secret,
    scope: signIn.scope,
  });
  const { text } = await call(lab, new URL(signIn.tokenEndpoint).pathname, form.toString());
  const { access_token: token, error_description: words } = JSON.parse(text);
  if (token === undefined) throw new Error(words);
  return { token };
}

/** Sends as a mailbox; the answer to what was handed over, or the refusal. */
async function send(
  lab: Lab,
  mailbox: string,
  credential: { token: string } | { password: string },
): Promise<string> {
  const [to = ""] = lab.world.outside.mailboxes;
  const message = `From: ${mailbox}\r\nTo: ${to}\r\nSubject: test\r\n\r\nhello\r\n`;
  const { accepted, refusal } = await lab.sendAs({
    user: mailbox,
    to: [to],
    message,
    ...credential,
  });
  return accepted ? "250" : refusal;
}
