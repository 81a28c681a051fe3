// `npm run dns`: what a stack's domains have to say in DNS, and what they say. See HELP.

import Table from "cli-table3";
import { zoneText } from "../../mail/dns/zoneText.ts";
import { askOnce, resolver } from "../../zone/resolver.ts";
import { readOptions, wrongUsage } from "../setup/options.ts";
import { type KnownDomain, loadConfig, outputsOf } from "../stack/config.ts";
import { tellFailure } from "../stack/failure.ts";
import { type Publication, publicationsOf } from "./publications.ts";

const FORMATS = ["table", "zone", "json"] as const;

const HELP = `npm run dns -- --stack NAME [--format table|zone|json] [--json] [--all]

Lists the DNS records that a stack's domains need, in their final form, and whether they are published. Covers domains
whose DNS is not at Cloudflare (dns: {host: external}), so that their administrator can publish the records. Reads what
\`pulumi config\` shows of the stack, its outputs (for the DKIM targets, which Exchange assigns) and public DNS. Changes
nothing.

  --stack NAME  the stack: prod, or organization/project/prod
  --format F    table, zone (lines of a zone file) or json (default table)
  --json        the same as --format json
  --all         also lists the domains at Cloudflare, whose records \`pulumi up\` publishes

Exit codes: 0 listed; 1 the configuration, the stack or DNS can't be read, or a published record is broken; 2 wrong usage.
Queries go to this machine's DNS server, or to the one that M365_SMTP_RELAY_DNS_SERVER names.`;

const options = {
  stack: { type: "string" },
  format: { type: "string", default: "table" },
  json: { type: "boolean", default: false },
  all: { type: "boolean", default: false },
} as const;

async function main(): Promise<number> {
  const { stack, json, all, ...given } = readOptions("dns", HELP, options);
  const format = json ? "json" : given.format;
  if (stack === undefined || !isFormat(format)) {
    const wrong =
      stack === undefined
        ? "--stack is missing"
        : `--format "${format}" is not one of ${FORMATS.join(", ")}`;
    return wrongUsage("dns", HELP, wrong);
  }
  const { config } = await loadConfig(stack);
  const domains = config.domains.filter(({ dns }) => all || dns.host === "external");
  if (domains.length === 0) {
    process.stderr.write(
      `dns: no domain of stack "${stack}" has dns: {host: external}; --all lists every domain\n`,
    );
  }
  const known: ReadonlyMap<string, KnownDomain> =
    domains.length === 0 ? new Map() : (await outputsOf(stack)).domains;
  const resolve = askOnce(resolver());
  const publications: Publication[] = [];
  for (const domain of domains) {
    const outputs = known.get(domain.name);
    publications.push(...(await publicationsOf(domain, config, outputs, resolve)));
  }
  if (domains.length > 0 || format === "json") console.log(printed(publications, format));
  for (const { name, inherits } of publications) {
    if (inherits !== undefined) process.stderr.write(`dns: ${name} inherits ${inherits}\n`);
  }
  for (const warning of publications.flatMap(({ warnings }) => warnings)) {
    process.stderr.write(`dns: warning: ${warning}\n`);
  }
  const broken = publications.filter(({ problems }) => problems.length > 0);
  for (const { problems } of broken) process.stderr.write(`dns: ${problems.join("\ndns: ")}\n`);
  return broken.length > 0 ? 1 : 0;
}

const isFormat = (format: string): format is (typeof FORMATS)[number] =>
  FORMATS.some((known) => known === format);

function printed(publications: readonly Publication[], format: (typeof FORMATS)[number]): string {
  if (format === "json") return JSON.stringify(publications, null, 2);
  const known = publications.filter(({ content }) => content !== "");
  if (format === "zone") {
    const byDomain = Map.groupBy(known, ({ domain }) => domain);
    return [...byDomain]
      .map(([domain, records]) => zoneText(domain, records))
      .join("")
      .trimEnd();
  }
  const table = new Table({
    head: ["name", "type", "content", "state"],
    style: { head: [], border: [] },
  });
  for (const publication of publications) {
    const { name, type, state } = publication;
    table.push([name, type, contentOf(publication), state]);
  }
  return table.toString();
}

/** What to publish, or why there is nothing to. */
function contentOf({ content, type, state, problems }: Publication): string {
  if (content !== "") return content;
  if (problems.length > 0) return "none until the existing record is fixed";
  if (state === "inherited") return "none: the record of the parent domain applies";
  return type === "CNAME" ? "known after pulumi up" : "";
}

try {
  process.exitCode = await main();
} catch (error) {
  tellFailure("dns", error);
  process.exitCode = 1;
}
