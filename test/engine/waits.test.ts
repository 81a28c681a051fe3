// What takes its time: what an `up` says of it, what applications hear until then, and that nothing more has to be done.
// The times are the lab's, on its own clock; a tenant's are not known to the minute.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { labApplications } from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { errorsOf, exchangeWrites, withFixture } from "./fixture.ts";
import { submit } from "./sending.ts";

describe("a pause that Exchange asks for", () => {
  it("is shown while it lasts, with its reason and the time left", () =>
    withFixture(async ({ lab, open, output }) => {
      const where = { service: "exchange", match: "New-DkimSigningConfig" } as const;
      lab.faults.inject({ where, what: { kind: "status", status: 429, retryAfter: 6 } });
      const config = labConfig(lab.world);
      const senders = config["m365-smtp-relay:senders"] as object[];
      const stack = await open({
        config: { ...config, "m365-smtp-relay:senders": senders.slice(0, 1) },
      });
      assert.deepEqual((await stack.up()).outputs.pending, []);
      const line =
        "waiting, for 0 s so far and at most 6 s more: Exchange accepts no more requests for now (HTTP 429)";
      assert.ok(output().includes(line), output());
    }));
});

const MINUTES = 60_000;

describe("grants that take their time", () => {
  it("are made by one up, which says for how long sign-ins may be refused", () =>
    withFixture(async ({ lab, open, output }) => {
      Object.assign(lab.world.settings, {
        signInDelayMs: 5 * MINUTES,
        smtpAuthDelayMs: 60 * MINUTES,
        grantDelayMs: 90 * MINUTES,
      });
      const stack = await open();
      const { outputs } = await stack.up();
      assert.deepEqual(outputs.pending, []);
      const signIns = outputs.senders as Record<string, SignIn>;
      const applications = labApplications(lab.world);
      for (const { name, from } of applications) {
        const warning = `${from}: until this is known everywhere, Entra may refuse to sign in the app for some minutes, and Exchange may answer 535 5.7.139 for an hour or 535 5.7.3 for two`;
        assert.ok(output().includes(warning), name);
      }

      const passing: [minutes: number, refusal: RegExp][] = [
        [0, /^no token: AADSTS700016: /],
        [5, /^535 5\.7\.139 Authentication unsuccessful, SmtpClientAuthentication is disabled /],
        [55, /^535 5\.7\.3 Authentication unsuccessful$/],
        [30, /^$/],
      ];
      for (const [minutes, refusal] of passing) {
        await lab.clock.advance(minutes * MINUTES);
        for (const application of applications) {
          assert.match(await submit(lab, application, signIns[application.name]), refusal);
        }
      }
      assert.deepEqual(await stack.preview(), []);
    }));

  it("wait for an administrator in an organisation that was never customised, and for Exchange after it", () =>
    withFixture(async ({ lab, open }) => {
      lab.world.organization.isDehydrated = true;
      lab.world.settings.hydrationMs = 60 * MINUTES;
      const stack = await open();
      const errors = async () => (await errorsOf(stack.up())).join("\n");
      assert.match(
        await errors(),
        /tenantId: is an organisation that was never customised.*have an administrator run Enable-OrganizationCustomization once, which can't be undone/,
      );
      assert.deepEqual(exchangeWrites(lab), [], "the preview said so");
      lab.admin("Enable-OrganizationCustomization", {});
      assert.match(
        await errors(),
        /run pulumi up again; Exchange may continue to refuse for a while after the cmdlet has run/,
      );
      await lab.clock.advance(60 * MINUTES);
      const { outputs } = await stack.up();
      assert.deepEqual(outputs.pending, []);
      const signIns = outputs.senders as Record<string, SignIn>;
      for (const application of labApplications(lab.world)) {
        assert.equal(await submit(lab, application, signIns[application.name]), "");
      }
    }));
});
