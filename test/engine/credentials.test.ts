// What senders sign in with that have neither an identity elsewhere nor a certificate, on the real engine: secrets,
// passwords, the licence that a password takes, and the classic way into a mailbox.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { SignIn } from "../../lab/story/signIn.ts";
import { lastingWorld } from "../../lab/story/world.ts";
import { call } from "../../lab/test/unit/client.ts";
import type { UpResult } from "../../scripts/engine/openStack.ts";
import { type Bench, errorsOf, withBench, writesOf } from "./bench.ts";

const OAUTH = { name: "app", authentication: ["oauth"], recipientsPerDay: 100 };
const PASSWORD = { name: "printer", authentication: ["password"] };

describe("a sender with a secret", () => {
  it("signs in by it; a new one works beside the one before, which goes with the next", () =>
    withBench(async (bench) => {
      const { lab, folder, output } = bench;
      const generation = async (credentialGeneration: number) => {
        const stack = await bench.open({
          config: configOf(bench, { ...OAUTH, credentialGeneration }),
        });
        const told = toldBy(await stack.up());
        assert.deepEqual(await stack.preview(), [], "nothing is left to do");
        return told;
      };
      const secrets = secretsOf(lab);
      const first = await generation(1);
      const told = first.senders.app as SignIn & { credential: object };
      const [one = "", ...none] = secrets();
      assert.equal(none.length, 0, "one secret was made");
      assert.equal(await send(lab, told.mailbox, await tokenBy(lab, told, one)), "250");
      assert.match(JSON.stringify(told.credential), /"endDate":"\d{4}-.*"output":"secrets\.app"/);
      assert.deepEqual(first.secrets, { app: one });

      const { secrets: newest } = await generation(2);
      const two = secrets().find((secret) => secret !== one) ?? "";
      assert.deepEqual(newest, { app: two });
      for (const secret of [one, two]) await tokenBy(lab, told, secret);

      await generation(3);
      await assert.rejects(tokenBy(lab, told, one), /AADSTS7000215/);
      await tokenBy(lab, told, two);
      const [app] = lab.world.directory.applications;
      assert.equal(app?.passwordCredentials.length, 2, "the newest and the one before");

      const state = await readFile(
        join(folder, "state/.pulumi/stacks/m365-smtp-relay/lab.json"),
        "utf8",
      );
      for (const text of [state, output(), JSON.stringify(lab.log.events())]) {
        assert.equal([one, two, ...secrets()].filter((secret) => text.includes(secret)).length, 0);
      }
    }));
});

describe("a stack that is not disposable", () => {
  it("renews what its senders sign in with, and a destroy by mistake takes nothing that up can't bring back", () =>
    withBench(async (bench) => {
      const { lab } = bench;
      const secrets = secretsOf(lab);
      const generation = async (credentialGeneration: number) => {
        const sender = configOf(bench, { ...OAUTH, credentialGeneration });
        const stack = await bench.open({
          config: { ...sender, "m365-smtp-relay:disposable": false },
        });
        return { stack, told: toldBy(await stack.up()) };
      };
      await generation(1);
      await generation(2);
      const { stack, told } = await generation(3);
      const sender = told.senders.app as SignIn;
      const newest = String(told.secrets.app);
      assert.ok(secrets().includes(newest));

      const errors = (await errorsOf(stack.destroy())).join("\n");
      assert.match(errors, /protect/);
      const again = toldBy(await stack.up());
      assert.deepEqual(again.senders, told.senders, "the same client id, mailbox and secret");
      assert.equal(again.secrets.app, newest);
      assert.equal(await send(lab, sender.mailbox, await tokenBy(lab, sender, newest)), "250");
    }));
});

describe("a tenant without the role for SMTP", () => {
  it("is told of the classic way before anything is made, and can take it", () =>
    withBench(async (bench) => {
      const { lab } = bench;
      lab.world.settings.applicationRbac = false;
      const stack = await bench.open({ config: configOf(bench, OAUTH) });
      const [said = ""] = await errorsOf(stack.preview());
      assert.match(
        said,
        /Application SMTP\.SendAsApp.*set m365-smtp-relay:applicationAccess to classic/s,
      );
      assert.deepEqual(writesOf(lab), []);

      const secrets = secretsOf(lab);
      const classic = await bench.open({
        config: { ...configOf(bench, OAUTH), "m365-smtp-relay:applicationAccess": "classic" },
      });
      const { senders } = toldBy(await classic.up());
      const told = senders.app as SignIn;
      const [secret = ""] = secrets();
      assert.equal(await send(lab, told.mailbox, await tokenBy(lab, told, secret)), "250");
      assert.deepEqual(await classic.preview(), []);
      assert.deepEqual(await classic.drift(), []);

      lab.admin("Remove-MailboxPermission", {
        Identity: told.mailbox,
        User: lab.world.exchangeServicePrincipals[0]?.objectId,
        AccessRights: ["FullAccess"],
        Confirm: false,
      });
      assert.match(await send(lab, told.mailbox, await tokenBy(lab, told, secret)), /^535 5\.7\.3/);
      await classic.up({ refresh: true });
      assert.equal(await send(lab, told.mailbox, await tokenBy(lab, told, secret)), "250");
      await classic.destroy();
      assert.deepEqual(lab.world.directory.appRoleAssignments, []);
      assert.deepEqual(lab.world.mailboxPermissions, []);
    }));
});

describe("a sender with nothing but a password", () => {
  it("gets a licensed user that may sign in to SMTP and to nothing else, and a warning", () =>
    withBench(async (bench) => {
      const { lab, output } = bench;
      const [sku] = lab.world.tenant.skus;
      assert.ok(sku);
      sku.consumed = sku.enabled - 1;
      // What a tenant should have: nobody signs in with a password.
      lab.admin("New-AuthenticationPolicy", { Name: "No passwords" });
      lab.world.organization.defaultAuthenticationPolicy = "No passwords";
      const users = lab.world.directory.users.length;
      const config = (credentialGeneration: number) =>
        configOf(bench, { ...PASSWORD, license: sku.skuPartNumber, credentialGeneration });

      const stack = await bench.open({ config: config(1) });
      const passwords = secretsOf(lab);
      const { senders, secrets, pending } = toldBy(await stack.up());
      const { mailbox } = senders.printer as SignIn;
      assert.deepEqual(pending, []);
      assert.match(output(), /sender "printer" signs in with a password.*December 2026/);
      const [first = ""] = passwords();
      assert.deepEqual(secrets, { printer: first });
      assert.equal(await send(lab, mailbox, { password: first }), "250");
      assert.equal(sku.consumed, sku.enabled, "its licence");
      const box = lab.world.mailboxes.find(({ address }) => address === mailbox);
      const { smtpClientAuthentication: _, ...access } = box?.clientAccess ?? {};
      assert.deepEqual(
        [...new Set(Object.values(access))],
        [false],
        "all switches are off, and so is SMTP AUTH's 'disabled'",
      );
      assert.deepEqual(await stack.preview(), []);
      // The user got its mail address by the licence: Entra tells it from then on.
      await stack.up({ refresh: true });
      assert.deepEqual(await stack.drift(), []);
      assert.deepEqual(await stack.preview(), []);
      assert.ok(!output().includes(first), "the password is not printed");

      await (await bench.open({ config: config(2) })).up();
      assert.match(await send(lab, mailbox, { password: first }), /^535 5\.7\.139/);
      const [second = ""] = passwords().filter((password) => password !== first);
      assert.equal(await send(lab, mailbox, { password: second }), "250");

      const from = [`scanner@${lab.world.tenant.domain}`];
      const [moving] = config(2)["m365-smtp-relay:senders"] as object[];
      const moved = { ...config(2), "m365-smtp-relay:senders": [{ ...moving, from }] };
      await (await bench.open({ config: moved })).up();
      assert.equal(await send(lab, from[0] ?? "", { password: second }), "250", "another address");

      await stack.destroy();
      assert.equal(lab.world.directory.users.length, users);
      assert.equal(sku.consumed, sku.enabled - 1, "the licence is free again");
      assert.deepEqual(
        lab.world.authenticationPolicies.map(({ name }) => name),
        ["No passwords"],
      );
    }));

  it("is told in the preview that the tenant has no such licence, and nothing is made", () =>
    withBench(async (bench) => {
      const stack = await bench.open({
        config: configOf(bench, { ...PASSWORD, license: "NOTHERE" }),
      });
      const before = lastingWorld(bench.lab);
      const [said = ""] = await errorsOf(stack.preview());
      assert.match(said, /NOTHERE/);
      assert.ok(
        said.includes(bench.lab.world.tenant.skus[0]?.skuPartNumber ?? "?"),
        "what it has is told",
      );
      assert.deepEqual(lastingWorld(bench.lab), before);
    }));
});

describe("a licence for a sender's shared mailbox", () => {
  it("is given, kept, and given back", () =>
    withBench(async (bench) => {
      const { lab } = bench;
      const [sku] = lab.world.tenant.skus;
      assert.ok(sku);
      sku.consumed = sku.enabled;
      const wish = configOf(bench, { ...OAUTH, license: sku.skuPartNumber });
      const stack = await bench.open({ config: wish });
      const [said = ""] = await errorsOf(stack.up());
      assert.match(said, /no licence of \S+ is free/);
      sku.consumed = sku.enabled - 1;
      await stack.up();
      assert.equal(sku.consumed, sku.enabled);
      assert.deepEqual(await stack.drift(), []);

      const lasting = await bench.open({
        config: { ...wish, "m365-smtp-relay:disposable": false },
      });
      await lasting.up();
      const Identity = `app@${lab.world.tenant.domain}`;
      lab.admin("Set-CASMailbox", { Identity, OWAEnabled: true });
      await lasting.up({ refresh: true });
      const mailbox = lab.world.mailboxes.find(({ address }) => address === Identity);
      assert.equal(mailbox?.clientAccess.owaEnabled, false, "repaired, although it is protected");
      const disposable = await bench.open({ config: wish });
      await disposable.up();
      await disposable.destroy();
      assert.equal(sku.consumed, sku.enabled - 1);
    }));
});

interface Told {
  readonly senders: Readonly<Record<string, object>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly pending: readonly string[];
}

const toldBy = ({ outputs }: UpResult): Told => outputs as unknown as Told;

/** The lab's stack file with one sender alone. */
function configOf(
  { lab }: Bench,
  sender: { name: string } & Record<string, unknown>,
): Record<string, unknown> {
  const from = [`${sender.name}@${lab.world.tenant.domain}`];
  return { ...labConfig(lab.world), "m365-smtp-relay:senders": [{ ...sender, from }] };
}

/** Secrets and passwords that came after this call and are there still; no tokens. */
function secretsOf(lab: Lab): () => string[] {
  const before = lab.secrets();
  return () => lab.secrets().filter((text) => !before.includes(text) && text.length < 100);
}

/** @throws Error with Entra's words */
async function tokenBy(lab: Lab, told: SignIn, secret: string): Promise<{ token: string }> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: told.clientId,
    client_secret: secret,
    scope: told.scope,
  });
  const { text } = await call(lab, new URL(told.tokenEndpoint).pathname, form.toString());
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
