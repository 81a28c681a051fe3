import type { Context } from "../context.ts";
import type { World } from "../world/world.ts";
import { getAcceptedDomain } from "./acceptedDomain.ts";
import { bind } from "./binding.ts";
import type { Cmdlet, Outcome } from "./cmdlet.ts";
import {
  getInboundConnector,
  newInboundConnector,
  removeInboundConnector,
  setInboundConnector,
} from "./connector/cmdlets.ts";
import {
  getDkimSigningConfig,
  newDkimSigningConfig,
  removeDkimSigningConfig,
  rotateDkimSigningConfig,
  setDkimSigningConfig,
} from "./dkim/cmdlets.ts";

const cmdlets: Record<string, Cmdlet> = {
  "New-InboundConnector": newInboundConnector,
  "Get-InboundConnector": getInboundConnector,
  "Set-InboundConnector": setInboundConnector,
  "Remove-InboundConnector": removeInboundConnector,
  "Get-AcceptedDomain": getAcceptedDomain,
  "New-DkimSigningConfig": newDkimSigningConfig,
  "Get-DkimSigningConfig": getDkimSigningConfig,
  "Set-DkimSigningConfig": setDkimSigningConfig,
  "Rotate-DkimSigningConfig": rotateDkimSigningConfig,
  "Remove-DkimSigningConfig": removeDkimSigningConfig,
};

/** The cmdlet of this name in any letter case, with the name in its own; undefined when the tenant has none. */
export function findCmdlet(
  given: string,
  world: World,
): { name: string; cmdlet: Cmdlet } | undefined {
  const entry = Object.entries(cmdlets).find(
    ([name, { isOffered }]) =>
      name.toLowerCase() === given.toLowerCase() && (isOffered?.(world) ?? true),
  );
  return entry && { name: entry[0], cmdlet: entry[1] };
}

/**
 * Binds and runs a cmdlet on the world.
 *
 * @throws CmdletError with Exchange's words; the world is then unchanged, but for what Exchange saw in DNS
 */
export function runCmdlet(
  cmdlet: Cmdlet,
  parameters: Record<string, unknown>,
  context: Context,
): Outcome {
  const outcome = cmdlet.run(bind(cmdlet, parameters), context);
  context.changed();
  return outcome;
}
