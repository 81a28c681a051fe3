import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readConfig } from "../../config/read.ts";
import type { FoundRelay } from "../../mail/adopt/found.ts";
import { type AdoptedRelay, adoptableRelay } from "../../mail/adopt/relay.ts";
import { ENVIRONMENTS, type Environment } from "../../mail/clouds.ts";
import { sentence } from "../../mail/problem.ts";
import { tenantIdProblem } from "../../mail/tenantId.ts";
import { openTenants } from "../../providers/host/tenants.ts";
import { openZones } from "../../providers/host/zones.ts";
import type { Connection, Tenant } from "../../tenant/connection.ts";
import { shortNameOf } from "../engine/operation.ts";
import { projectRoot } from "../setup/root.ts";
import { configIn, otherFile, stackFilePath } from "../stack/file.ts";
import { readRelay } from "./readRelay.ts";
import { isFillable, stackFileOf } from "./stackFile.ts";

/** What `bootstrap --adopt` was asked for. */
export interface AdoptOptions {
  /** `prod`, or `organization/project/prod` */
  readonly stack: string;
  /** The tenant's id; that of the stack file when left out. */
  readonly tenant?: string | undefined;
  /** Whether the stack file is only returned. */
  readonly dryRun: boolean;
  /** Signs in to the tenant. @default as the app that the environment names */
  readonly connect?: (tenant: Tenant) => Promise<Connection>;
  /** Where lines of progress go. */
  readonly onProgress: (line: string) => void;
  /** The project's folder. @default this project's */
  readonly root?: string;
}

/** What became of it. */
export interface Adoption {
  readonly relay: AdoptedRelay;
  /** The stack file's text; empty where there is nothing to adopt. */
  readonly text: string;
  /** Where it was written; undefined where it was not. */
  readonly file: string | undefined;
  /** Whether that is not the stack's own file, as that one has a relay already. */
  readonly isBeside: boolean;
}

/**
 * Reads a relay that was made by hand and writes the stack file of it. Nothing outside is written, now or by the next `up`.
 *
 * @throws Error when the tenant is not known, what decides can't be read, or the file can't be written; nothing is written
 *   then
 */
export async function adoptRelay(options: AdoptOptions): Promise<Adoption> {
  const { onProgress, dryRun, connect, root = projectRoot } = options;
  const stack = shortNameOf(options.stack);
  const shown = otherFile() ?? (await stackFilePath(stack, root));
  const path = otherFile() ?? join(root, shown);
  const before = await readFile(path, "utf8").catch(() => "");
  const config = configIn(before);
  const tenant = tenantOf(options, config, shown);
  const owner = `${await projectName(root)}/${stack}`;
  const zones = openZones();
  const found: FoundRelay = await readRelay({
    tenants: connect === undefined ? openTenants() : openTenants(connect),
    ...{ zones, tenant, owner, onProgress },
    hasToken: Boolean(process.env.CLOUDFLARE_API_TOKEN),
  });
  const { environment } = tenant;
  const relay = await adoptableRelay(found, { owner, environment }, zones.resolve);
  if (relay.senders.length === 0) return { relay, text: "", file: undefined, isBeside: false };
  const isBeside = !isFillable(config);
  const place = {
    tenantId: tenant.tenantId,
    ...(environment === "global" ? {} : { environment }),
  };
  const text = stackFileOf(isBeside ? "" : before, place, relay);
  demandReadable(text, stack);
  if (dryRun) return { relay, text, file: undefined, isBeside };
  const file = isBeside ? shown.replace(/(\.ya?ml)?$/, ".adopted.yaml") : shown;
  const target = isBeside ? path.replace(/(\.ya?ml)?$/, ".adopted.yaml") : path;
  // One that is there may have been edited.
  await writeFile(target, text, { flag: isBeside ? "wx" : "w" }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${file} can't be written (${why}); move away what is there, and run this again`,
      {
        cause,
      },
    );
  });
  return { relay, text, file, isBeside };
}

/** The tenant that an option or the stack file names. */
function tenantOf(
  { tenant: given, stack }: AdoptOptions,
  config: Readonly<Record<string, unknown>>,
  file: string,
): Tenant {
  const written = config["azuread:tenantId"];
  const known = typeof written === "string" ? written.toLowerCase() : undefined;
  const tenantId = given?.toLowerCase() ?? known;
  if (tenantId === undefined) {
    throw new Error(
      `the tenant is not known; add --tenant ID, or write azuread:tenantId into ${file} (stack "${stack}")`,
    );
  }
  const problem = tenantIdProblem(
    given === undefined ? `${file}: azuread:tenantId` : "--tenant",
    tenantId,
  );
  if (problem !== undefined) throw new Error(sentence(problem));
  if (known !== undefined && known !== tenantId) {
    throw new Error(
      `--tenant ${tenantId} is not the tenant of ${file} (${known}); use a stack of its own for each tenant`,
    );
  }
  const environment = ENVIRONMENTS.find((one) => one === config["azuread:environment"]);
  return { tenantId, environment: environment ?? ("global" satisfies Environment) };
}

/** Reads the stack file as the program does: one that it refuses is never written. */
function demandReadable(text: string, stack: string): void {
  const raw = Object.entries(configIn(text)).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  readConfig(Object.fromEntries(raw), stack);
}

async function projectName(root: string): Promise<string> {
  const text = await readFile(join(root, "Pulumi.yaml"), "utf8");
  return /^name:\s*(\S+)/m.exec(text)?.[1] ?? "";
}
