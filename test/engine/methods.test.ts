// A stack with a sender of each submission method, and with senders behind others: what is made for each, and what commands say.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { comparableWorld } from "../../lab/story/world.ts";
import type { SenderOutput } from "../../mail/clients/settings.ts";
import type { StackReview } from "../../mail/review/stackReview.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import { errorsOf, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { runReading } from "./readingScript.ts";
import { runWriting } from "./runScript.ts";
import { judgedOf, verificationsIn } from "./verifyScene.ts";

type Entry = Readonly<Record<string, unknown> & { name: string }>;

// One life of one stack: each test goes on where the one before ended.
describe(`a stack with a sender of each method, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;
  let domain: string;
  let senders: readonly Entry[];
  let outputs: Readonly<Record<string, SenderOutput>>;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    const { tenant, addresses, settings } = lab.world;
    ({ domain } = tenant);
    settings.traceDelayMs = 0;
    // One mailbox sends as another one that exists.
    for (const Name of ["tool", "till"]) {
      lab.admin("New-Mailbox", { Shared: true, Name, PrimarySmtpAddress: `${Name}@${domain}` });
    }
    const of = (name: string, authentication: readonly string[], more: object = {}): Entry => ({
      ...{ name, from: [`${name}@${domain}`], authentication },
      ...more,
    });
    const [first, second] = addresses.customer;
    const front = { from: [`*@${domain}`], egress: [first] };
    senders = [
      of("printers", ["staticIp"], { ...front, messagesPerDay: 800 }),
      of("alarms", ["none"], { via: "printers", external: 0 }),
      of("edi", ["certificate"], { certificateName: `relay.${domain}`, egress: [second] }),
      of("app", ["oauth", "staticIp"], { egress: ["198.51.100.77"], peakPerMinute: 27 }),
      of("tool", ["none"], { via: "app" }),
      of("old", ["password"], { license: tenant.skus[0]?.skuPartNumber }),
      of("scan", ["none"], { egress: [addresses.stranger], external: 0 }),
      of("intranet", ["oauth"], {
        ...{ purpose: "bulk", messagesPerDay: 30_000, external: 0 },
        method: "azureCommunicationServices",
      }),
      of("news", ["oauth"], { purpose: "marketing" }),
      of("api", ["oauth"], { method: "graph" }),
    ];
    stack = await fixture.open();
    await configure(senders);
    outputs = (await stack.up({ skipPreview: true })).outputs.senders as typeof outputs;
  });
  after(() => fixture?.close());

  const configure = (changed: readonly Entry[], more: Readonly<Record<string, unknown>> = {}) =>
    stack.configure({
      ...labConfig(lab.world),
      "m365-smtp-relay:senders": changed,
      ...more,
    });
  const changed = (name: string, change: object) =>
    senders.map((one) => (one.name === name ? { ...one, ...change } : one));
  const without = (...names: readonly string[]) =>
    senders.filter(({ name }) => !names.includes(name));
  /** Changes of a preview but for the survey, which every change updates. */
  const previewed = async () =>
    summaryOf(await stack.preview()).filter((line) => !line.startsWith("update relay-survey"));

  it("makes what each method needs, and nothing for a method elsewhere", () => {
    const { world } = lab;
    assert.deepEqual(
      Object.entries(outputs).map(([name, { method, via }]) => [name, via ?? method]),
      [
        ["alarms", "printers"],
        ["api", "graph"],
        ["app", "smtpAuth"],
        ["edi", "connector"],
        ["intranet", "azureCommunicationServices"],
        ["news", "azureCommunicationServices"],
        ["old", "smtpAuth"],
        ["printers", "connector"],
        ["scan", "directSend"],
        ["tool", "app"],
      ],
    );
    assert.equal(world.connectors.length, 2);
    const made = world.mailboxes.map(({ address }) => address.replace(`@${domain}`, ""));
    assert.deepEqual(
      ["app", "old", "scan", "intranet", "news", "api", "alarms"].filter((name) =>
        made.includes(name),
      ),
      ["app", "old"],
    );
    const spf = lab.world.cloudflare.zones
      .flatMap(({ records }) => records)
      .find(({ name, content }) => name === domain && content.includes("v=spf1"));
    const terms = [world.addresses.stranger, ...world.addresses.customer];
    for (const address of terms) assert.match(spf?.content ?? "", new RegExp(`ip4:${address}`));
    assert.doesNotMatch(spf?.content ?? "", /198\.51\.100\.77/);
  });

  it("gives one behind another one that one's settings, direct send its own, and one elsewhere its reason alone", () => {
    const { printers, alarms, app, tool, scan, news } = outputs;
    const { recipientsPerDay: _, ...settings } = { recipientsPerDay: 0, ...printers };
    assert.deepEqual(alarms, { ...settings, from: [`alarms@${domain}`], via: "printers" });
    assert.deepEqual([tool?.mailbox, tool?.clientId], [app?.mailbox, app?.clientId]);
    assert.deepEqual(
      [scan?.host, scan?.port, scan?.egress],
      [printers?.host, 25, [lab.world.addresses.stranger]],
    );
    assert.deepEqual(Object.keys(news ?? {}).sort(), ["because", "from", "method"]);
  });

  it("changes nothing in a second preview, which tells of a limit that is used to 80 %", async () => {
    const said = fixture.output().length;
    assert.deepEqual(await stack.preview(), []);
    const text = fixture.output().slice(said);
    assert.match(text, /sender "app" uses 27 of 30 messages a minute \(90 %\)/);
    assert.doesNotMatch(text, /sender "printers" uses/);
  });

  it("touches no other sender's resources where one comes, and where one comes behind another one", async () => {
    const world = comparableWorld(lab);
    const till = { name: "till", from: [`till@${domain}`], authentication: ["none"] };
    await configure([
      { ...till, name: "desk", authentication: ["certificate"], certificateName: `desk.${domain}` },
      { ...till, via: "printers" },
      ...senders,
    ]);
    assert.deepEqual(await previewed(), ["create relay-desk-connector"]);
    assert.match(fixture.output(), /sender "till" is new: it sends through "printers"/);
    await configure([...senders, { ...till, via: "app" }]);
    assert.deepEqual(await previewed(), [`create relay-app-send-as-till@${domain}`]);
    assert.deepEqual(comparableWorld(lab), world);
  });

  it("touches no other sender's resources where one goes, and nothing where one behind another one goes", async () => {
    await configure(without("edi", "alarms", "news", "api"));
    const removed = await previewed();
    assert.deepEqual(
      removed.filter((line) => !/-spf: /.test(line)),
      ["delete relay-edi-connector"],
    );
    await configure(without("tool"));
    assert.deepEqual(await previewed(), [`delete relay-app-send-as-tool@${domain}`]);
  });

  it("says in a review that a sender whose numbers pass a limit gets another method, and what goes with the old one", async () => {
    await configure(changed("app", { peakPerMinute: 45 }));
    const { code, stdout, stderr } = await runReading(
      fixture,
      stack,
      "scripts/review/main.ts",
      ["--stack", "lab", "--json", "-"],
      {},
    );
    const { stacks } = JSON.parse(stdout) as { stacks: [StackReview] };
    const [{ senders: reviewed, resources, stops, refused, risks }] = stacks;
    assert.deepEqual(refused, [], stderr);
    const [app] = reviewed;
    assert.deepEqual(
      [app?.sender, app?.before?.method, app?.after?.method, app?.mayDoMore],
      ["app", "smtpAuth", "connector", true],
    );
    assert.ok(
      risks.some(
        ({ who, text }) =>
          who === "app" &&
          text ===
            "uses connector by address from now on, as client submission with OAuth does not fit: it peaks at 45, and the limit is 30 messages a minute",
      ),
      JSON.stringify(risks),
    );
    const gone = resources.filter(({ operation }) => operation === "delete");
    assert.ok(gone.some(({ name }) => name === "relay-app-mailbox"));
    assert.ok(
      resources.some(
        ({ name, operation }) => name === "relay-app-connector" && operation === "create",
      ),
    );
    assert.deepEqual(
      [...new Set(resources.map(({ name }) => name.split("-")[1]))].sort(),
      ["app", domain.split("-")[0]].sort(),
    );
    assert.deepEqual(
      stops.map(({ who, what }) => [who, what]),
      [["app", "sign-in with a client secret is refused"]],
    );
    assert.equal(code, 0);
  });

  it("takes the sender there and back by that number alone, and leaves nothing of the other method", async () => {
    const restore = await fixture.snapshot();
    const made = () => {
      const { connectors, mailboxes, directory } = lab.world;
      return [connectors, mailboxes, directory.applications].map(({ length }) => length);
    };
    const [connectors = 0, mailboxes = 0, apps = 0] = made();
    for (const [peakPerMinute, expected] of [
      [45, [connectors + 1, mailboxes - 1, apps - 1]],
      [27, [connectors, mailboxes, apps]],
    ] as const) {
      await configure(changed("app", { peakPerMinute }));
      const { outputs: after } = await stack.up({ skipPreview: true });
      assert.deepEqual([after.pending, await stack.preview(), made()], [[], [], expected]);
    }
    await restore();
  });

  it("refuses that in a stack that protects its senders until the sender is marked", async () => {
    const kept = { "m365-smtp-relay:disposable": false };
    const restore = await fixture.snapshot();
    await configure(senders, kept);
    await stack.up({ skipPreview: true });
    await configure(changed("app", { peakPerMinute: 45 }), kept);
    const errors = (await errorsOf(stack.preview())).join("\n");
    assert.match(
      errors,
      /sender "app": loses its mailbox and its app by this change, .* set retire: true/,
    );
    assert.doesNotMatch(errors, /sender "(?!app")/);
    await restore();
    await configure(senders);
  });

  it("verifies direct send to a mailbox inside, and one behind another one by name; leaves out what is elsewhere", async () => {
    const anna = `anna@${domain}`;
    const env = await lab.adminEnv({ who: anna, scopes: ["Mail.ReadBasic"] });
    const here = ["--local-address", loopbackOf(lab.world.addresses.stranger)];
    const verify = (...args: string[]) =>
      runWriting(
        fixture,
        "scripts/verify/main.ts",
        ["--stack", "lab", "--json", "--wait", "0", ...args],
        env,
      );
    const inside = ["--to", anna, "--graph-mailbox", anna, ...here];
    const ended = await verify(...inside, "--sender", "scan", "--sender", "tool");
    const found = verificationsIn(ended);
    for (const name of ["scan", "tool"]) {
      const open = found
        .get(name)
        ?.judged.filter(({ outcome }) => !/^(?:pass|not applicable)$/.test(outcome));
      assert.deepEqual(open, [], `${name} ${ended.stderr}`);
    }
    assert.match(judgedOf(found.get("scan"), "attribution")?.read ?? "", /direct send/);
    assert.equal(found.get("tool")?.message?.from, `tool@${domain}`);
    assert.equal(ended.code, 0, ended.stderr);

    const outside = await verify("--no-trace", "--to", "someone@example.org", ...here);
    const all = verificationsIn(outside);
    assert.deepEqual([...all.keys()], ["printers", "edi", "app", "old", "scan"]);
    const handover = judgedOf(all.get("scan"), "handover");
    assert.equal(handover?.outcome, "unknown");
    assert.match(JSON.stringify(handover), /inside alone.*--sender scan --to ADDRESS/);
    assert.match(
      outside.stderr,
      /news: not tried: sender "news" is to send with Azure Communication Services, which this stack/,
    );
    const named = await verify("--to", anna, "--sender", "news");
    assert.deepEqual([named.code, named.stdout], [1, ""]);
  });

  it("says with doctor that the tenant refuses direct send, and what is set up elsewhere", async () => {
    lab.world.settings.rejectDirectSend = true;
    const { stdout } = await runWriting(fixture, "scripts/doctor/main.ts", [
      ...["--stack", "lab", "--json"],
    ]);
    lab.world.settings.rejectDirectSend = false;
    const { findings, notLookedAt } = JSON.parse(stdout) as {
      findings: { check: string; severity: string; what: string }[];
      notLookedAt: { check: string; why: string }[];
    };
    const found = findings.filter(({ check }) => check === "direct-send" || check === "last-up");
    assert.deepEqual(
      found.map(({ severity, what }) => `${severity} ${what}`),
      [
        "ok the last up has made every sender and domain of it",
        'error sender "scan": uses direct send, which the tenant refuses with 550 5.7.68 (RejectDirectSend)',
      ],
    );
    assert.match(
      notLookedAt.find(({ check }) => check === "last-up")?.why ?? "",
      /nothing for intranet \(Azure .*\), news \(Azure .*\), api \(Graph sendMail\)/,
    );
  });

  it("configures, stops and rotates each by the sender that Exchange knows", async () => {
    const senderOf = (...args: string[]) =>
      runWriting(fixture, "scripts/senders/main.ts", ["--stack", "lab", ...args]);
    const printed = await senderOf("--configure", "tool", "--client", "msmtp");
    assert.match(printed.stdout, new RegExp(`^from tool@${domain}$`, "m"));
    assert.match(printed.stdout, new RegExp(`^user app@${domain}$`, "m"));
    const elsewhere = await senderOf("--configure", "news");
    assert.deepEqual([elsewhere.code, elsewhere.stdout], [1, ""]);
    assert.match(elsewhere.stderr, /^senders: sender "news" is to send with Azure/);
    const world = comparableWorld(lab);
    const stop = (name: string) =>
      runWriting(fixture, "scripts/stop/stop.ts", ["--stack", "lab", "--sender", name, "--yes"]);
    for (const [name, words] of [
      ["alarms", /sends through "printers", .* name "printers"/],
      ["scan", /it uses direct send, .* stop it where it runs/],
      ["news", /which this stack does not set up; stop it there/],
    ] as const) {
      const { code, stderr } = await stop(name);
      assert.equal(code, 1, name);
      assert.match(stderr, words);
    }
    assert.deepEqual(comparableWorld(lab), world);
    const front = await stop("printers");
    assert.equal(
      front.stdout,
      'sender "printers" is stopped, and what sends through it: alarms\n',
      front.stderr,
    );
  });
});
