import type { Config } from "../../config/read.ts";
import { zoneText } from "../../mail/dns/zoneText.ts";
import { isWithin } from "../../mail/senders/domain.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { type Publication, publicationsOf } from "../dns/publications.ts";
import type { KnownDomain } from "../stack/config.ts";

/** The zone file of a domain, and what its owner should know. */
export interface ZoneFiles {
  /** Texts by domain. */
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/**
 * The records of a relay's domains as zone files, a domain each. A record that another domain of the stack has to publish
 * stands in the file of that one.
 *
 * @param known what the stack's outputs say of the domains; nothing before the first `up`
 * @throws Error when DNS does not answer, or a record that is published has to be corrected first
 */
export async function zoneFiles(
  config: Config,
  known: ReadonlyMap<string, KnownDomain>,
): Promise<ZoneFiles> {
  const resolve = askOnce(resolver());
  const all: Publication[] = [];
  for (const domain of config.domains) {
    all.push(...(await publicationsOf(domain, config, known.get(domain.name), resolve)));
  }
  const problems = all.flatMap((publication) => publication.problems);
  if (problems.length > 0)
    throw new Error(`${[...new Set(problems)].join("; ")}; nothing was written`);
  const names = config.domains.map(({ name }) => name);
  const files = names.map((domain) => {
    const own = all.filter((record) => fileOf(record, names) === domain);
    return [domain, textOf(domain, own)] as const;
  });
  const warnings = [...new Set(all.flatMap((publication) => publication.warnings))];
  return { files: new Map(files), warnings };
}

/** The domain in whose file a record stands: the nearest one above it, else the one that needs it. */
const fileOf = ({ name, domain }: Publication, domains: readonly string[]): string =>
  domains
    .filter((one) => isWithin(name, one))
    .toSorted((one, other) => other.length - one.length)[0] ?? domain;

function textOf(domain: string, publications: readonly Publication[]): string {
  const written = publications.filter(({ content }) => content !== "");
  const left = publications.filter(({ content }) => content === "");
  return [
    `; Records of ${domain} that its mail needs, in their final form. Written by npm run eject.\n`,
    "; A line replaces what is there of the same name and type; TXT records of other kinds at the name stay.\n",
    zoneText(domain, written),
    ...left.map(({ name, type, state }) =>
      state === "inherited"
        ? `; ${name}. needs no ${type} record: that of the domain above applies\n`
        : `; ${name}. IN ${type} is known once the relay exists: relay.ps1 shows where a CNAME leads, the admin centre the MX host\n`,
    ),
  ].join("");
}
