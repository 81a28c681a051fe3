// The two API tokens of Cloudflare: how to create them, and whether they may do what they have to. Cloudflare's API makes tokens
// only for somebody who has a token that may, so a person creates them.
import { zoneOf } from "../../mail/dns/record.ts";
import { compareRights, type HeldRight, type RightState } from "../../mail/rights/compare.ts";
import { type AppName, cloudflareDomains, type Right } from "../../mail/rights/rights.ts";
import { cloudflare, type Zones } from "../../zone/cloudflare.ts";
import { ZoneError } from "../../zone/zoneError.ts";
import type { World } from "./world.ts";

/** Where each app's token is given. */
export const TOKEN_VARIABLES: Readonly<Record<AppName, string>> = {
  deploy: "CLOUDFLARE_API_TOKEN",
  read: "CLOUDFLARE_READ_TOKEN",
};

const zoneRights = (rights: readonly Right[]) => rights.filter(({ kind }) => kind === "zone");

/** How a person creates an app's token; nothing where no domain is at Cloudflare. */
export function tokenInstructions(
  { config, rights, stack }: Pick<World, "config" | "rights" | "stack">,
  app: AppName,
): string[] {
  const wanted = zoneRights(rights[app]);
  if (wanted.length === 0) return [];
  const rows = wanted.map(({ name }) => `Zone > ${name.replace(" ", " > ")}`);
  return [
    `Cloudflare, token of the app that ${app === "deploy" ? "deploys" : "reads"}: dash.cloudflare.com/profile/api-tokens > Create Token > Create Custom Token`,
    `  Token name: m365-smtp-relay ${stack} ${app}`,
    `  Permissions: ${rows.join("; ")}`,
    `  Zone Resources: Include > Specific zone, one row for the zone of each of ${cloudflareDomains(config).join(", ")}`,
    `  then export it as ${TOKEN_VARIABLES[app]} and run npm run bootstrap -- --stack ${stack} --check`,
  ];
}

/** An id that no record has: whether it may be removed says whether records may be written, and changes nothing. */
const NO_RECORD = "0".repeat(32);

/**
 * What the token of an app may do, tried by calls that change nothing.
 *
 * @returns undefined where no token is given; a text where the token is not good
 */
export async function checkToken(
  { config, rights }: Pick<World, "config" | "rights">,
  app: AppName,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<RightState[] | string | undefined> {
  const token = env[TOKEN_VARIABLES[app]];
  if (!token) return undefined;
  const zones = cloudflare({ ...env, CLOUDFLARE_API_TOKEN: token });
  const wanted = zoneRights(rights[app]);
  try {
    const seen = await zones.active();
    const needed = new Map<string, string>();
    const absent: string[] = [];
    for (const domain of cloudflareDomains(config)) {
      const zone = zoneOf(domain, seen);
      if (zone === undefined) absent.push(domain);
      else needed.set(zone.name, zone.id);
    }
    const may = { read: true, edit: true, editsAny: false };
    for (const id of needed.values()) {
      may.read &&= await mayReadRecords(zones, id);
      const edits = await isAllowed(() => zones.remove(id, NO_RECORD));
      may.edit &&= edits;
      may.editsAny ||= edits;
    }
    const held = (is: boolean, name: string): HeldRight[] => (is ? [{ kind: "zone", name }] : []);
    const isThere = absent.length === 0;
    const others = seen.filter(({ name }) => !needed.has(name));
    return [
      ...compareRights(wanted, [
        ...held(isThere, "Zone Read"),
        ...held(isThere && may.edit, "DNS Edit"),
        // Who may edit may read; a token that only reads shows it by reading.
        ...held(app === "read" && isThere && may.read, "DNS Read"),
        ...held(app === "read" && may.editsAny, "DNS Edit"),
      ]).filter(onceEach),
      ...others.map(
        ({ name }): RightState => ({
          kind: "zone",
          name: `zone ${name}`,
          state: "too much",
          because: "",
        }),
      ),
    ];
  } catch (error) {
    if (error instanceof ZoneError)
      return error.message.replaceAll("CLOUDFLARE_API_TOKEN", TOKEN_VARIABLES[app]);
    throw error;
  }
}

const onceEach = (one: RightState, index: number, all: readonly RightState[]): boolean =>
  all.findIndex(({ name, state }) => name === one.name && state === one.state) === index;

/** Whether a token may read the records of a zone that it sees. */
export const mayReadRecords = (zones: Zones, zoneId: string): Promise<boolean> =>
  isAllowed(() => zones.records(zoneId, "_no-such-name.invalid"));

async function isAllowed(
  act: () => ReturnType<Zones["records"] | Zones["remove"]>,
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof ZoneError && [401, 403].includes(error.status)) return false;
    throw error;
  }
}
