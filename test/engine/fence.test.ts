// Fences on the real engine: what they refuse of drawn mail, sent through the lab's SMTP, and what their coming and going leaves alone.
// It does not prove that Exchange matches as the lab does: docs/reference/unproven.md has what is believed.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import type { OpenedStack } from "../../scripts/engine/openStack.ts";
import type { StackConfig } from "../badConfigs.ts";
import { type DrawnMail, drawMail, refusedBy, type Server } from "./drawnMail.ts";
import { errorsOf, exchangeWrites, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";

const DRAWN = 200;

describe("a stack's fences", () => {
  let fixture: Fixture;
  let lab: Lab;
  let stack: OpenedStack;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
  });
  after(() => fixture?.close());

  const open = (senders: readonly Record<string, unknown>[]) => {
    const config = labConfig(lab.world) as StackConfig;
    config["m365-smtp-relay:senders"] = senders as Record<string, unknown>[];
    return fixture.open({ config });
  };
  const rules = () => lab.world.mailFlow.transportRules;
  const named = (name: string) => rules().find((rule) => rule.name === name);
  const ops = (changes: readonly { op: string; name: string }[]) =>
    changes
      .filter(({ op }) => op !== "same")
      .map(({ op, name }) => `${op} ${name}`)
      .sort();

  /** The senders of the drawn mail, with the servers that send as them. */
  function scene() {
    const { domain, initialDomain } = lab.world.tenant;
    const { customer, stranger } = lab.world.addresses;
    const { relay, highRisk } = lab.world.pools;
    const [listed, whole] = customer;
    const exact = [`invoices@${domain}`, `scan.1+a@${domain}`, `o'brien@${domain}`];
    const byAddress = (name: string, egress: string, from: readonly string[], fence = true) => ({
      ...{ name, from, egress: [egress], authentication: ["staticIp"], fence },
    });
    const certified = [`billing@${domain}`];
    // Behind the same address as erp, whose fence can't tell the two apart.
    const beside = [`nat@${domain}`];
    const certificateName = `relay.${domain}`;
    const besideName = `nat.${domain}`;
    const senders = [
      byAddress("erp", listed, exact),
      byAddress("mfp", whole, [`*@${domain}`]),
      byAddress("open", stranger, [`*@${domain}`], false),
      {
        ...{ name: "billing", from: certified, egress: [relay], fence: true },
        ...{ authentication: ["certificate"], certificateName },
      },
      {
        ...{ name: "nat", from: beside, egress: [listed], fence: false },
        ...{ authentication: ["certificate"], certificateName: besideName },
      },
    ];
    const server = (name: string, address: string, from: readonly string[], more = {}): Server => ({
      ...{ name, address, from, fencedBy: name },
      ...more,
    });
    const servers = [
      server("erp", listed, [...exact, ...beside]),
      server("nat", listed, [...exact, ...beside], {
        ...{ fencedBy: "erp", certificateName: besideName },
      }),
      server("mfp", whole, [`*@${domain}`]),
      server("open", stranger, [`*@${domain}`], { fencedBy: undefined }),
      server("billing", relay, certified, { certificateName }),
      // Its certificate is as good at an address that no rule knows.
      server("billing", highRisk, certified, { certificateName, fencedBy: undefined }),
    ];
    return { senders, servers, domains: { own: domain, others: [initialDomain, "other.example"] } };
  }

  it(`refuse of ${DRAWN} drawn messages what is not From their sender, and nothing else`, async () => {
    const { senders, servers, domains } = scene();
    stack = await open(senders);
    await stack.up({ skipPreview: true });
    const certificates = new Map<string | undefined, Certificate>();
    for (const name of [`relay.${domains.own}`, `nat.${domains.own}`]) {
      certificates.set(name, await lab.issueCertificate({ names: [name], issuer: "public" }));
    }
    const drawn = drawMail(`${SEED}/fences`, DRAWN, servers, domains);
    const tally = new Map<string, number>();
    for (const [index, mail] of drawn.entries()) {
      const expected = refusedBy(mail);
      const seen = await fateOf(
        mail,
        `drawn-${index}`,
        certificates.get(mail.server.certificateName),
      );
      assert.deepEqual(seen, { isTaken: true, refusedBy: expected }, JSON.stringify(mail));
      const key = `${mail.server.name} at ${mail.server.address}: ${expected ? "refused" : "passed"}`;
      tally.set(key, (tally.get(key) ?? 0) + 1);
    }
    console.log(
      [...tally]
        .sort()
        .map(([what, count]) => `${what} ${count}`)
        .join("\n"),
    );
    const fates = [...tally.keys()].map((key) => key.replace(/ at .*:/, ":"));
    for (const fate of ["erp: refused", "mfp: refused", "billing: refused", "erp: passed"]) {
      assert.ok(fates.includes(fate), fate);
    }
    assert.ok(!fates.includes("open: refused"));
  });

  /** What becomes of a message: whether port 25 took it, and whose fence refused it then. */
  async function fateOf(mail: DrawnMail, subject: string, tls: Certificate | undefined) {
    const { server, sender, from, others, authors, isOutside } = mail;
    const { outside, mailboxes } = lab.world;
    const to = (isOutside ? outside.mailboxes[0] : mailboxes[0]?.address) ?? "";
    const single = authors.length > 1 ? [`Sender: ${sender}`] : [];
    const fields = [...others, ...from, ...single, `To: ${to}`, `Subject: ${subject}`];
    const { accepted } = await lab.submit({
      ...{ from: server.address, helo: `server.${lab.world.tenant.domain}` },
      ...(tls && { tls }),
      envelope: { from: sender, to: [to] },
      message: `${fields.join("\r\n")}\r\n\r\nFrom: ${sender}\r\n`,
    });
    await lab.settle();
    const traced = lab.world.messageTrace.messages.find((one) => one.subject === subject);
    const details = (traced?.events ?? []).map(({ detail }) => detail).join("\n");
    const [, refused] =
      /550 5\.7\.950 TRANSPORT\.RULES\.RejectMessage; Refused by the fence of the sender (\S+):/.exec(
        details,
      ) ?? [];
    const copies = [...outside.messages, ...mailboxes.flatMap(({ messages }) => messages)];
    const isThere = copies.some(({ raw }) => raw.includes(`Subject: ${subject}\r\n`));
    if (refused !== undefined) assert.ok(!isThere, `${subject} was refused and delivered`);
    return { isTaken: accepted, refusedBy: refused };
  }

  it("come and go without a change of anything else, and other rules keep their order", async () => {
    const { senders } = scene();
    const plain = senders.map(({ fence: _, ...sender }) => sender);
    stack = await open(plain);
    await stack.up({ skipPreview: true });
    for (const Name of ["first", "second", "third"]) {
      lab.admin("New-TransportRule", { Name, PrependSubject: "[x]" });
    }
    const before = JSON.stringify({ rules: rules(), connectors: lab.world.connectors });

    stack = await open(senders);
    const planned = ops(await stack.preview());
    const known = exchangeWrites(lab).length;
    const { changes } = await stack.up();
    assert.deepEqual(ops(changes), planned);
    const writes = exchangeWrites(lab).slice(known);
    assert.deepEqual(planned, [
      ...["billing", "erp", "mfp"].map((name) => `create relay-${name}-fence`),
      "update relay-survey",
    ]);
    assert.deepEqual([...new Set(writes)], ["New-TransportRule"]);
    assert.deepEqual(
      rules()
        .map(({ name }) => name)
        .slice(0, 3),
      ["first", "second", "third"],
    );
    assert.deepEqual(await summaryAfterDrift(), []);

    lab.admin("Disable-TransportRule", { Identity: "relay-lab-erp" });
    assert.deepEqual(await summaryAfterDrift(), ["update relay-erp-fence: state"]);
    await stack.up({ refresh: true });
    assert.equal(named("relay-lab-erp")?.enabled, true);

    stack = await open(plain);
    const gone = ops((await stack.up()).changes);
    assert.deepEqual(gone, [
      ...["billing", "erp", "mfp"].map((name) => `delete relay-${name}-fence`),
      "update relay-survey",
    ]);
    assert.equal(JSON.stringify({ rules: rules(), connectors: lab.world.connectors }), before);
  });

  const summaryAfterDrift = async () => summaryOf(await stack.drift());

  it("are refused in the preview where somebody else's rule has the name, and nothing is made", async () => {
    const { senders } = scene();
    lab.admin("New-TransportRule", { Name: "relay-lab-erp", PrependSubject: "[x]" });
    stack = await open(senders);
    const before = JSON.stringify(lab.world.mailFlow);
    const errors = await errorsOf(stack.preview());
    assert.match(
      errors.join("\n"),
      /fence of erp: name: "relay-lab-erp" is the name of a mail flow rule that exists already and is not ours/,
    );
    assert.equal(JSON.stringify(lab.world.mailFlow), before);
    lab.admin("Remove-TransportRule", { Identity: "relay-lab-erp" });
  });
});

type Certificate = Awaited<ReturnType<Lab["issueCertificate"]>>;
