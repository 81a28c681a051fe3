import { Resolver } from "node:dns/promises";
import type { World } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";

type Records = [name: string, text: string][];

/**
 * What DNS has to say for the story's domain, written out by hand from what its owner had, and what it says; asked
 * of the name server as anybody would.
 *
 * @param before the world before anything was done, as `lastingWorld` gives it
 */
export async function publishedRecords({ lab, senders }: Scene, before: string) {
  const { domain } = lab.world.tenant;
  const { cloudflare } = JSON.parse(before) as Pick<World, "cloudflare">;
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
