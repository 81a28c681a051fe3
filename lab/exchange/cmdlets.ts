import type { Context } from "../context.ts";
import { getAcceptedDomain } from "./acceptedDomain.ts";
import { bind } from "./binding.ts";
import type { Cmdlet, Outcome } from "./cmdlet.ts";
import {
  getInboundConnector,
  newInboundConnector,
  removeInboundConnector,
  setInboundConnector,
} from "./connector/cmdlets.ts";

const cmdlets: Record<string, Cmdlet> = {
  "New-InboundConnector": newInboundConnector,
  "Get-InboundConnector": getInboundConnector,
  "Set-InboundConnector": setInboundConnector,
  "Remove-InboundConnector": removeInboundConnector,
  "Get-AcceptedDomain": getAcceptedDomain,
};

/** The cmdlet of this name in any letter case, with the name in its own. */
export function findCmdlet(given: string): { name: string; cmdlet: Cmdlet } | undefined {
  const entry = Object.entries(cmdlets).find(
    ([name]) => name.toLowerCase() === given.toLowerCase(),
  );
  return entry && { name: entry[0], cmdlet: entry[1] };
}

/**
 * Binds and runs a cmdlet on the world.
 *
 * @throws CmdletError with Exchange's words; the world is then unchanged
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
