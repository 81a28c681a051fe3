import type { ExchangeServicePrincipal } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";
import { recipientName } from "../mailbox/directory.ts";

/** The service principal of this identity, if there is one. */
export function lookForServicePrincipal(
  identity: string,
  world: World,
): ExchangeServicePrincipal | undefined {
  const wanted = identity.toLowerCase();
  return world.exchangeServicePrincipals.find((one) =>
    [one.guid, one.appId, one.objectId, recipientName(world, one.objectId)].some(
      (text) => text.toLowerCase() === wanted,
    ),
  );
}

/**
 * The service principal of this identity: GUID, AppId, ObjectId (which is its name too) or distinguished name.
 *
 * @throws CmdletError when there is none
 */
export function findServicePrincipal(identity: string, world: World): ExchangeServicePrincipal {
  const found = lookForServicePrincipal(identity, world);
  if (!found) throw new CmdletError(notFound(identity, world.tenant.servers.directory));
  return found;
}
