import { Resolver } from "node:dns/promises";
import type { Connector, Lab, World } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";

/**
 * The lab's world as JSON, without what passes through it (mail, faults, the clock, the logs) and without what no stack can touch
 * (the network's addresses, how the service behaves, the key of the initial domain, which is made with its first mail).
 * Two of these are equal when nothing is left and nothing was changed.
 *
 * @param options `deletedItems` compares what Entra and Exchange keep of what was deleted as well: after a purge it is as
 *   before. @default false
 */
export function comparableWorld(lab: Lab, { deletedItems: all = false } = {}): string {
  const {
    clockOffset,
    drawn,
    faults,
    queue,
    settings,
    addresses,
    pools,
    audit,
    signIns,
    outside,
    receivers,
    submission,
    messageTrace,
    github,
    deletedItems,
    ...comparable
  } = lab.dump();
  const dkimConfigs = lab.world.dkimConfigs.filter(
    ({ domain }) => domain !== lab.world.tenant.initialDomain,
  );
  const compared = { ...comparable, dkimConfigs, ...(all && { deletedItems }) };
  return JSON.stringify(compared, withoutTraces, 2);
}

/** Mail at rest, identity providers that began, and what counts changes: it differs after a change that was undone. */
const TRACES = ["messages", "sentItems", "issuers", "serial", "modifiedOn"];

function withoutTraces(key: string, value: unknown): unknown {
  return TRACES.includes(key) ? undefined : value;
}

/** The properties that decide how a connector relays. */
const RELAY_PROPERTIES = [
  "name",
  "connectorType",
  "enabled",
  "senderDomains",
  "senderIPAddresses",
  "tlsSenderCertificateName",
  "associatedAcceptedDomains",
  "requireTls",
  "treatMessagesAsInternal",
  "cloudServicesMailEnabled",
] as const;

/** What decides how a connector relays, as Exchange holds it. */
export type HeldConnector = Pick<Connector, (typeof RELAY_PROPERTIES)[number]>;

/** The connectors that the story's two senders have to have, written out by hand. */
export function expectedConnectors({ senders }: Scene): HeldConnector[] {
  return senders
    .map(({ name, by, egress, host }) => ({
      name: `relay-lab-${name}`,
      connectorType: "OnPremises" as const,
      enabled: true,
      senderDomains: ["smtp:*;1"],
      senderIPAddresses: by === "sourceIp" ? [egress] : [],
      tlsSenderCertificateName: by === "certificate" ? host : null,
      associatedAcceptedDomains: [],
      requireTls: true,
      treatMessagesAsInternal: false,
      cloudServicesMailEnabled: false,
    }))
    .sort(byName);
}

/** The connectors that the world holds, cut to the same. */
export function heldConnectors({ lab }: Scene): HeldConnector[] {
  return lab.world.connectors
    .map(
      (connector) =>
        Object.fromEntries(RELAY_PROPERTIES.map((key) => [key, connector[key]])) as HeldConnector,
    )
    .sort(byName);
}

const byName = (a: HeldConnector, b: HeldConnector): number => (a.name < b.name ? -1 : 1);

type Records = [name: string, text: string][];

/**
 * What DNS has to say for the story's domain, written out by hand from what its owner had, and what it says; asked
 * of the name server as anybody would.
 *
 * @param worldBefore the world before anything was done, as `comparableWorld` gives it
 */
export async function publishedRecords({ lab, senders }: Scene, worldBefore: string) {
  const { domain } = lab.world.tenant;
  const { cloudflare } = JSON.parse(worldBefore) as Pick<World, "cloudflare">;
  const owned = cloudflare.zones.find(({ name }) => name === domain)?.records ?? [];
  const ownText = (name: string, begins: string): string | undefined =>
    owned
      .filter((record) => record.type === "TXT" && record.name === name)
      .map(({ content }) => content.replaceAll('"', ""))
      .find((text) => text.startsWith(begins));

  const ours = [
    "include:spf.protection.outlook.com",
    ...senders.map(({ egress }) => `ip4:${egress}`),
  ];
  const spf = ownText(domain, "v=spf1");
  const [config] = lab.admin("Get-DkimSigningConfig", { Identity: domain });
  const expected: Records = [
    [domain, spf === undefined ? `v=spf1 ${inOrder(ours)} ~all` : beforeAll(spf, inOrder(ours))],
    [`_dmarc.${domain}`, ownText(`_dmarc.${domain}`, "v=DMARC1") ?? "v=DMARC1; p=none"],
    [`selector1._domainkey.${domain}`, String(config?.Selector1CNAME)],
    [`selector2._domainkey.${domain}`, String(config?.Selector2CNAME)],
  ];

  const dns = new Resolver({ timeout: 2000 });
  dns.setServers([`127.0.0.1:${lab.ports.dns}`]);
  const texts = async (name: string, begins: string): Promise<string> => {
    const all = (await dns.resolveTxt(name)).map((strings) => strings.join(""));
    return all.filter((text) => text.startsWith(begins)).join(" and ");
  };
  const held: Records = [
    [domain, await texts(domain, "v=spf1")],
    [`_dmarc.${domain}`, await texts(`_dmarc.${domain}`, "v=DMARC1")],
    [
      `selector1._domainkey.${domain}`,
      (await dns.resolveCname(`selector1._domainkey.${domain}`))[0] ?? "",
    ],
    [
      `selector2._domainkey.${domain}`,
      (await dns.resolveCname(`selector2._domainkey.${domain}`))[0] ?? "",
    ],
  ];
  return { expected, held };
}

/** The owner's record with our terms in front of its `all`. */
const beforeAll = (spf: string, terms: string): string =>
  spf.replace(/ ([-~?]all)$/, ` ${terms} $1`);

/** Exchange's servers first, then the addresses by number. */
function inOrder([include = "", ...addresses]: string[]): string {
  const last = (address: string): number => Number(address.slice(address.lastIndexOf(".") + 1));
  return [include, ...addresses.toSorted((a, b) => last(a) - last(b))].join(" ");
}
