// Who sends what: reads what it takes, and prints it in the form that is asked for.
import { type Config, readConfig } from "../../config/read.ts";
import { heldLicenses } from "../../mail/senders/heldLicenses.ts";
import { type Overview, overviewOf } from "../../mail/senders/overview.ts";
import { overviewMarkdown } from "../../mail/senders/overviewMarkdown.ts";
import type { Prices } from "../../mail/senders/prices.ts";
import { mailLicenses } from "../../mail/senders/tenantLicenses.ts";
import { TENANT_ID_EXAMPLE } from "../../mail/tenantId.ts";
import { graph } from "../../tenant/graph.ts";
import { readSubscriptions } from "../../tenant/subscriptions.ts";
import { openContext, readKnown } from "../doctor/context.ts";
import { licensedSenders } from "../doctor/tenant/licenses.ts";
import { configOf, frontOf } from "../stack/config.ts";
import { printOverview } from "./overview.ts";
import { readPriceFile } from "./prices.ts";

/** What of the senders is shown, and how. */
export interface Showing {
  readonly sender?: readonly string[] | undefined;
  readonly licenses?: string | undefined;
  readonly prices?: string | undefined;
  readonly tenant: boolean;
  readonly markdown: boolean;
  readonly json: boolean;
}

/** Says what is wrong with the options. */
export function showingProblem({ licenses, tenant, markdown, json }: Showing): string | undefined {
  if (json && markdown) return "--json and --markdown are for one output each";
  if (licenses === undefined) return undefined;
  if (tenant) return "--licenses and --tenant both say how many licences the tenant has";
  return /^\d{1,7}$/.test(licenses)
    ? undefined
    : `--licenses "${licenses}" is not a whole number from 0 to 9999999`;
}

/**
 * Prints who sends what.
 *
 * @param stack `prod`, or `organization/project/prod`
 * @throws Error when the stack file is wrong, has no such sender, or the tenant can't be read
 */
export async function printSenders(stack: string, showing: Showing): Promise<void> {
  const { sender: names = [], markdown, json } = showing;
  const { name, config, overview: all } = await read(stack, showing);
  for (const one of names) frontOf(one, config, stack);
  const shown =
    names.length === 0 ? all.senders : all.senders.filter((one) => names.includes(one.sender));
  const overview = { ...all, senders: shown };
  if (json) console.log(JSON.stringify({ stack: name, ...overview }, null, 2));
  else if (markdown) console.log(overviewMarkdown(name, overview));
  else console.log(printOverview(overview, process.stdout.columns));
}

interface Read {
  readonly name: string;
  readonly config: Config;
  readonly overview: Overview;
}

async function read(stack: string, { licenses, tenant, prices: file }: Showing): Promise<Read> {
  const prices = file === undefined ? undefined : await readPriceFile(file);
  if (tenant) return readWithTenant(stack, prices);
  const { stack: name, raw, secretKeys } = await configOf(stack);
  // The choice depends on no tenant, so a stack file may still have the placeholder.
  const config = readConfig({ ...raw, "azuread:tenantId": TENANT_ID_EXAMPLE }, name, secretKeys);
  return {
    name,
    config,
    overview: overviewOf(
      config.senders,
      licenses === undefined ? undefined : Number(licenses),
      prices,
    ),
  };
}

async function readWithTenant(stack: string, prices: Prices | undefined): Promise<Read> {
  const context = openContext(await readKnown(stack));
  const { stack: name, config } = context;
  const tenant = graph(await context.connect());
  const { skus, owned } = await readSubscriptions(tenant);
  const overview = {
    ...overviewOf(config.senders, mailLicenses(skus, owned).paid, prices),
    licenses: heldLicenses(await licensedSenders(context, tenant), skus),
  };
  return { name, config, overview };
}
