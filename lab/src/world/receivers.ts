import { makeRandom, type Random } from "../random.ts";
import type { GmailReceiver, OutlookReceiver, Receiver } from "./outside.ts";
import type { World } from "./world.ts";

const ORGANISATIONS = ["humongous", "cohovineyard", "contososuites", "relecloud"] as const;
const PEOPLE = ["postmaster", "dana"] as const;

/** Draws the two organisations whose mail others host. */
export function drawReceivers(seed: string): (GmailReceiver | OutlookReceiver)[] {
  const random = makeRandom(`${seed}/receivers`);
  const [gmail, outlook] = [drawDomain(random, "g"), drawDomain(random, "o")];
  const site = `${random.pick(["CH1", "DB5", "SN1"])}PEPF${random.hex(8).toUpperCase()}`;
  const forest = `eurprd0${random.integer(1, 9)}.prod.outlook.com`;
  const bytes = () => `${random.integer(1, 250)}.${random.integer(1, 250)}`;
  return [
    {
      ...{ style: "gmail", ...mailboxesOf(gmail), mxHost: "smtp.google.com" },
      imapHost: "imap.gmail.com",
      address: `142.250.${bytes()}`,
      arcKey: {
        cname: "arc-20240605._domainkey.google.com",
        ...{ keySize: 2048, keyId: random.guid(), publicKey: "" },
      },
    },
    {
      ...{ style: "outlook", ...mailboxesOf(outlook) },
      mxHost: `${outlook.replaceAll(".", "-")}.mail.protection.outlook.com`,
      imapHost: "outlook.office365.com",
      address: `52.101.${bytes()}`,
      tenant: {
        id: random.guid(),
        servers: {
          frontEnd: `${site}.mail.protection.outlook.com`,
          mailbox: `AM9PR04MB${random.integer(1000, 9999)}.${forest}`,
        },
      },
    },
  ];
}

function drawDomain(random: Random, mark: string): string {
  return `${random.pick(ORGANISATIONS)}-${mark}${random.integer(2, 9)}.example`;
}

const mailboxesOf = (domain: string) => ({
  domain,
  mailboxes: PEOPLE.map((name) => `${name}@${domain}`),
  messages: [],
});

/** Every organisation outside; the first is the one that the lab always had. */
export function receiversOf({
  outside,
  addresses,
  receivers,
}: Pick<World, "outside" | "addresses" | "receivers">): Receiver[] {
  const { domain, mxHost, mailboxes, messages } = outside;
  const address = addresses.outsideMx;
  const imapHost = `imap.${domain}`;
  return [
    { style: "postfix", domain, mxHost, imapHost, address, mailboxes, messages },
    ...receivers,
  ];
}

/** The organisation that a domain belongs to; undefined where it is none of this world's. */
export function receiverOf(world: World, domain: string): Receiver | undefined {
  return receiversOf(world).find((one) => one.domain === domain);
}
