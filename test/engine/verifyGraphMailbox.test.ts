// `npm run verify -- --graph-mailbox`: the message of a sender in a mailbox of the tenant, read with Graph.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { judgedOf, openVerifyScene, type VerifyScene, verificationsIn } from "./verifyScene.ts";

describe("verify --graph-mailbox", () => {
  let scene: VerifyScene;
  let restore: () => Promise<void>;
  let anna: string;
  before(async () => {
    scene = await openVerifyScene();
    restore = await scene.fixture.snapshot();
    anna = `anna@${scene.lab.world.tenant.domain}`;
  });
  afterEach(() => restore());
  after(() => scene?.close());

  const args = () => ["--to", anna, "--graph-mailbox", anna, ...scene.here, "--json"];
  const inbox = () =>
    scene.lab.world.mailboxes.find(({ address }) => address === anna)?.messages ?? assert.fail();

  /** The commands of docs/how-to/verify-a-relay.md, for the app of the ARM_ variables. */
  async function grant(): Promise<void> {
    const { lab } = scene;
    const { clientId: AppId, servicePrincipalId: ObjectId } = lab.world.deployer;
    lab.admin("New-ServicePrincipal", { AppId, ObjectId, DisplayName: "relay verify" });
    lab.admin("New-ManagementScope", {
      Name: "relay verify",
      RecipientRestrictionFilter: `PrimarySmtpAddress -eq '${anna}'`,
    });
    lab.admin("New-ManagementRoleAssignment", {
      ...{ Name: "relay verify", App: ObjectId, Role: "Application Mail.ReadBasic" },
      CustomResourceScope: "relay verify",
    });
    await lab.clock.advance(lab.world.settings.grantDelayMs);
  }

  it("finds the messages of a connector and of a mailbox, as a person with a token of the mailbox's user", async () => {
    const env = await scene.lab.adminEnv({ who: anna, scopes: ["Mail.ReadBasic"] });
    const ended = await scene.verifyWith(env, ...args(), "--sender", "erp", "--sender", "api");
    const found = verificationsIn(ended);
    const inapplicable = (name: string) =>
      found
        .get(name)
        ?.judged.flatMap(({ check, outcome }) => (outcome === "not applicable" ? check : []));
    assert.deepEqual(inapplicable("erp"), ["dkim", "pool"]);
    assert.deepEqual(inapplicable("api"), ["spf", "dkim", "dmarc", "alignment", "pool"]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(inbox().length, 2);
    for (const name of ["erp", "api"]) {
      const one = found.get(name);
      assert.ok(one?.arrival.outcome === "arrived", ended.stderr);
      assert.deepEqual([one.arrival.where, one.arrival.folder], [`${anna}, Inbox`, "inbox"]);
      assert.equal(judgedOf(one, "placement")?.outcome, "pass");
      const open = one.judged.filter(({ outcome }) => !/^(?:pass|not applicable)$/.test(outcome));
      assert.deepEqual(open, [], name);
    }
  });

  it("finds a message in the junk folder, as an app that may read this one mailbox", async () => {
    const { lab } = scene;
    const { domain } = lab.world.tenant;
    await grant();
    lab.editZone(domain, (records) =>
      records.map((record) =>
        /v=spf1/.test(String(record.content))
          ? { ...record, content: '"v=spf1 -all"' }
          : /v=DMARC1/i.test(String(record.content))
            ? { ...record, content: '"v=DMARC1; p=quarantine"' }
            : record,
      ),
    );
    const ended = await scene.verify(...args(), "--sender", "erp", "--no-trace");
    assert.equal(ended.code, 7, ended.stderr);
    const one = verificationsIn(ended).get("erp");
    assert.ok(one?.arrival.outcome === "arrived", ended.stderr);
    assert.deepEqual([one.arrival.where, one.arrival.folder], [`${anna}, Junk Email`, "junk"]);
    assert.equal(judgedOf(one, "placement")?.outcome, "fail");
    assert.equal(judgedOf(one, "spf")?.outcome, "fail");
  });

  it("sends nothing when the app may not read the mailbox, or nobody has it, and says what to do", async () => {
    const { lab } = scene;
    const nobody = anna.replace("anna", "nobody");
    await grant();
    const person = await lab.adminEnv({ scopes: ["Mail.Read"] });
    const other = lab.world.mailboxes.find(({ address }) => address !== anna)?.address ?? "";
    for (const [env, mailbox, words] of [
      [{}, other, /Access is denied\. .* Let the app read this one mailbox: docs\/how-to/],
      [{}, nobody, /Access is denied\. .* Let the app read this one mailbox: docs\/how-to/],
      [person, anna, /Access is denied\. .* M365_SMTP_RELAY_GRAPH_TOKEN an access token of /],
      [person, nobody, /The requested user '.*' is invalid\. Give the user principal name /],
      [{ M365_SMTP_RELAY_GRAPH_TOKEN: "no token" }, anna, /^verify: M365_SMTP_RELAY_GRAPH_TOKEN: /],
    ] as const) {
      const to = ["--to", anna, "--graph-mailbox", mailbox, ...scene.here];
      const ended = await scene.verifyWith(env, ...to);
      assert.deepEqual([ended.code, ended.stdout], [1, ""], ended.stderr);
      assert.match(ended.stderr, words);
    }
    assert.deepEqual(inbox(), []);
  });
});
