// Grants that take their time: what an `up` says of it, what applications hear until then, and that nothing more has to
// be done. The times are the lab's, on its own clock; a tenant's are not known to the minute.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labApplications } from "../../lab/stack/applications.ts";
import { getToken, type SignIn } from "../../lab/story/signIn.ts";
import { errorsOf, withBench, writesOf } from "./bench.ts";

const MINUTES = 60_000;

describe("grants that take their time", { concurrency: 2 }, () => {
  it("are made by one up, which says for how long sign-ins may be refused", () =>
    withBench(async ({ lab, open, output }) => {
      Object.assign(lab.world.settings, {
        signInDelayMs: 5 * MINUTES,
        smtpAuthDelayMs: 60 * MINUTES,
        grantDelayMs: 90 * MINUTES,
      });
      const stack = await open();
      const { outputs } = await stack.up();
      assert.deepEqual(outputs.pending, []);
      const senders = outputs.senders as Record<string, SignIn>;
      for (const { name, from } of labApplications(lab.world)) {
        const said = `${from}: until what is new has spread, Entra may refuse to sign the app in, for minutes, and Exchange answers 535 5.7.139, for an hour at the most, or 535 5.7.3, for two`;
        assert.ok(output().includes(said), name);
      }

      const heard = async () =>
        Promise.all(labApplications(lab.world).map(({ name }) => send(lab, name, senders[name])));
      const passing: [minutes: number, refusal: RegExp][] = [
        [0, /^no token: AADSTS700016: /],
        [5, /^535 5\.7\.139 Authentication unsuccessful, SmtpClientAuthentication is disabled /],
        [55, /^535 5\.7\.3 Authentication unsuccessful /],
        [30, /^$/],
      ];
      for (const [minutes, refusal] of passing) {
        await lab.clock.advance(minutes * MINUTES);
        for (const one of await heard()) assert.match(one, refusal);
      }
      assert.deepEqual(await stack.preview(), []);
    }));

  it("wait for an administrator in an organisation that was never customised, and for Exchange after it", () =>
    withBench(async ({ lab, open }) => {
      lab.world.organization.isDehydrated = true;
      lab.world.settings.hydrationMs = 60 * MINUTES;
      const stack = await open();
      const errors = async () => (await errorsOf(stack.up())).join("\n");
      assert.match(
        await errors(),
        /tenantId: is an organisation that was never customised.*let an administrator run Enable-OrganizationCustomization once, which can't be undone/,
      );
      assert.deepEqual(writesOf(lab), [], "the preview told it");
      lab.admin("Enable-OrganizationCustomization", {});
      assert.match(
        await errors(),
        /run pulumi up again; Exchange goes on to refuse for a while after it/,
      );
      await lab.clock.advance(60 * MINUTES);
      const { outputs } = await stack.up();
      assert.deepEqual(outputs.pending, []);
      const senders = outputs.senders as Record<string, SignIn>;
      for (const { name } of labApplications(lab.world)) {
        assert.equal(await send(lab, name, senders[name]), "");
      }
    }));
});

/** Sends a message as an application: "" when it is taken, else what refuses it. */
async function send(lab: Lab, who: string, told: SignIn | undefined): Promise<string> {
  const application = labApplications(lab.world).find(({ name }) => name === who);
  if (application === undefined || told === undefined) throw new Error(`nobody told ${who}`);
  try {
    const { refusal } = await lab.sendAs({
      user: told.mailbox,
      token: await getToken(lab, application, told),
      to: lab.world.outside.mailboxes.slice(0, 1),
      message: `From: ${application.from}\r\nSubject: A message\r\n\r\nSent through the relay.\r\n`,
    });
    return refusal;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("no token: ")) return error.message;
    throw error;
  }
}
