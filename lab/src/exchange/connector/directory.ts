import type { Connector, World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import { distinguishedName } from "./present.ts";

/** The connectors as the next read shows them: a new one may be missing, a changed one old. */
export function readConnectors(world: World): Connector[] {
  const old = new Map(world.staleReads.map(({ was }) => [was.guid, was]));
  const known = world.connectors.filter(({ guid }) => !old.has(guid)).filter(isVisible);
  for (const stale of world.staleReads) stale.reads -= 1;
  world.staleReads = world.staleReads.filter(({ reads }) => reads > 0);
  return [...known, ...old.values()];
}

/**
 * The connector of this identity as the next read shows it.
 *
 * @throws CmdletError when it shows none
 */
export function readConnector(identity: string, world: World): Connector {
  const stale = world.staleReads.find(({ was }) => isNamed(was, identity, world));
  if (stale) {
    stale.reads -= 1;
    world.staleReads = world.staleReads.filter(({ reads }) => reads > 0);
    return stale.was;
  }
  return findConnector(identity, world);
}

/**
 * The connector of this identity, to change it.
 *
 * @throws CmdletError when the directory server has none
 */
export function findConnector(identity: string, world: World): Connector {
  const found = world.connectors.find((connector) => isNamed(connector, identity, world));
  if (!found || !isVisible(found)) {
    throw new CmdletError(notFound(identity, world.tenant.servers.directory));
  }
  return found;
}

/** Lets the next `reads` reads show a connector as it is now. */
export function keepStale(connector: Connector, reads: number, world: World): void {
  world.staleReads.push({ was: structuredClone(connector), reads });
}

/** Whether the directory server knows a connector already; asking brings it nearer. */
function isVisible(connector: Connector): boolean {
  if (connector.hiddenReads === 0) return true;
  connector.hiddenReads -= 1;
  return false;
}

/** Name, GUID, distinguished name, or the organisation's domain with the name; in any letter case. */
function isNamed({ name, guid }: Connector, identity: string, world: World): boolean {
  const wanted = identity.toLowerCase();
  return [
    name,
    guid,
    `{${guid}}`,
    distinguishedName(world, name),
    `${world.tenant.initialDomain}\\${name}`,
  ].some((text) => text.toLowerCase() === wanted);
}
