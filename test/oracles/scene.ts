import { readFileSync } from "node:fs";
import { type Lab, openLab, type RecordByHand, type StoredMessage } from "../../lab/src/lab.ts";
import { handOver } from "../../lab/src/smtp/client.ts";
import { loopbackOf } from "../../lab/src/world/nat.ts";
import { DEFAULTS, type DrawnWorld } from "./worlds.ts";

/** A message as it came to the outside server, and what that server did. */
export interface Arrival {
  raw: string;
  clientAddress: string;
  /** Envelope sender; empty for the null sender. */
  sender: string;
  helo: string;
  end: StoredMessage["folder"] | "refused";
}

/** A lab whose tenant relays by address and can sign for its domain. */
export interface Scene {
  lab: Lab;
  /** Makes the world so, sends a message in it, and tells how it arrived. */
  play(world: DrawnWorld): Promise<Arrival>;
}

export async function openScene(seed: string): Promise<Scene> {
  const lab = await openLab({ seed });
  const { tenant, outside, addresses, settings } = lab.world;
  const { domain } = tenant;
  // The clock of this world stays this machine's: a verifier refuses signatures of the future.
  Object.assign(settings, { dkimKeysMs: 0, dkimSyncMs: 0 });
  lab.admin("New-InboundConnector", {
    Name: "by address",
    ConnectorType: "OnPremises",
    SenderDomains: ["*"],
    SenderIPAddresses: [addresses.customer[0]],
    RequireTls: true,
  });
  lab.admin("New-DkimSigningConfig", { DomainName: domain, Enabled: false, KeySize: 2048 });
  await lab.settle();
  const [config] = lab.admin("Get-DkimSigningConfig", { Identity: domain });
  const targets = [config?.Selector1CNAME, config?.Selector2CNAME].map(String);
  const isOurs = ({ name, type, content }: RecordByHand): boolean =>
    name.includes("_domainkey") ||
    name === `_dmarc.${domain}` ||
    (type === "TXT" && /^"?v=spf1/i.test(content));
  const untouched = lab.world.cloudflare.zones.find(({ name }) => name === domain)?.records ?? [];
  const others = untouched.filter((record) => !isOurs(record));

  function arrange(world: DrawnWorld): void {
    const { spf = DEFAULTS.spf, dmarc = DEFAULTS.dmarc, cnames = "plain", signs = true } = world;
    const keys = (proxied: boolean) =>
      targets.map((content, index) => ({
        type: "CNAME",
        name: `selector${index + 1}._domainkey.${domain}`,
        content,
        proxied,
      }));
    const texts = [
      ...spf.map((text) => textRecord(domain, text)),
      ...dmarc.map((text) =>
        textRecord(`_dmarc.${world.dmarcBelow ? "mail." : ""}${domain}`, text),
      ),
    ];
    // Exchange enables signing with plain CNAMEs only; what an owner does afterwards is not its business.
    lab.editZone(domain, () => [...others, ...texts, ...keys(false)]);
    const [now] = lab.admin("Get-DkimSigningConfig", { Identity: domain });
    if (now?.Enabled !== signs) {
      lab.admin("Set-DkimSigningConfig", { Identity: domain, Enabled: signs });
    }
    lab.editZone(domain, () => [...others, ...texts, ...keys(cnames === "proxied")]);
    lab.editZone(outside.domain, (records) => [
      ...records.filter(({ name }) => name !== `_dmarc.${outside.domain}`),
      ...[world.foreignDmarc ?? []]
        .flat()
        .map((text) => textRecord(`_dmarc.${outside.domain}`, text)),
    ]);
    if (world.spfFails) {
      const where = { service: "dns", match: `TXT ${domain}` } as const;
      lab.faults.inject({ where, what: { kind: "servfail" }, times: 1000 });
    }
  }

  async function send({ author = "own" }: DrawnWorld): Promise<Arrival> {
    const hosts = {
      own: domain,
      below: `mail.${domain}`,
      deep: `till.mail.${domain}`,
      foreign: outside.domain,
    };
    const before = lab.mailbox().length;
    const { accepted, refusal } = await lab.submit({
      from: addresses.customer[0],
      helo: `erp.${domain}`,
      envelope: { from: `erp@${domain}`, to: [outside.mailboxes[0] ?? ""] },
      message: messageFrom(`erp@${hosts[author]}`),
    });
    if (!accepted) throw new Error(`Exchange took no message: ${refusal}`);
    await lab.settle();
    const message = lab.mailbox()[before];
    if (!message) throw new Error(`nothing arrived: ${lab.world.queue.at(-1)?.lastReply}`);
    const { raw, clientAddress, helo, envelope, folder } = message;
    return { raw, clientAddress, helo, sender: envelope.from, end: folder };
  }

  async function handOn(
    by: "exchange" | "stranger",
    arrived: Arrival,
    message: string,
  ): Promise<Arrival> {
    const clientAddress = by === "exchange" ? addresses.exchangeOutbound : addresses.stranger;
    const helo = by === "exchange" ? tenant.servers.outbound : "mail.stranger.example";
    const before = lab.mailbox().length;
    const { accepted } = await handOver({
      server: { port: lab.ports.mx, name: outside.mxHost },
      localAddress: loopbackOf(clientAddress),
      helo,
      tls: "opportunistic",
      trustedRoot: readFileSync(lab.caFile, "utf8"),
      envelope: { from: arrived.sender, to: [outside.mailboxes[0] ?? ""] },
      message: Buffer.from(message, "latin1"),
    });
    const kept = lab.mailbox()[before];
    const handed = { clientAddress, helo, sender: arrived.sender };
    if (!accepted || !kept) return { ...handed, raw: message, end: "refused" };
    return { ...handed, raw: kept.raw, end: kept.folder };
  }

  return {
    lab,
    async play(world) {
      for (const { id } of lab.faults.list()) lab.faults.remove(id);
      arrange(world);
      const arrived = await send(world);
      if (world.handedOnBy === undefined) return arrived;
      const message = withoutTrace(arrived.raw);
      const changed = world.altered ? message.replace("invoice 4711", "invoice 4712") : message;
      const sender = world.nullSender ? "" : arrived.sender;
      return handOn(world.handedOnBy, { ...arrived, sender }, changed);
    },
  };
}

function textRecord(name: string, text: string): RecordByHand {
  return { type: "TXT", name, content: `"${text}"` };
}

function messageFrom(author: string): string {
  return [
    `From: ERP <${author}>`,
    "To: Bea <bea@outside.example>",
    "Subject: Your invoice",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "Please find invoice 4711.  ",
    "",
    "",
  ].join("\r\n");
}

/** The message without what the outside server put on top: its own fields end with its Received. */
function withoutTrace(raw: string): string {
  const own = /^Received:.*\r\n(?:[ \t].*\r\n)*/im.exec(raw);
  return own ? raw.slice(own.index + own[0].length) : raw;
}
