import type { Context } from "../context.ts";
import { administrator } from "./auditLog.ts";
import type { Cmdlet, ExchangeObject } from "./cmdlet.ts";
import { CmdletError } from "./cmdletError.ts";
import { findCmdlet, runCmdlet } from "./cmdlets.ts";

/**
 * Runs a cmdlet as an administrator at the keyboard: no token, no HTTP, the same rules.
 *
 * @param who user principal name of the administrator, for the audit log. @default `admin@` the initial domain
 * @returns the objects it gave
 * @throws CmdletError with Exchange's words; Error for a cmdlet that the lab does not have
 */
export function actByHand(
  name: string,
  parameters: Record<string, unknown>,
  context: Context,
  who = `admin@${context.world.tenant.initialDomain}`,
): ExchangeObject[] {
  const found = findCmdlet(name, context.world);
  if (!found) throw new Error(`admin: the lab has no cmdlet "${name}"`);
  try {
    const { value } = runCmdlet(found, withoutPrompt(found.cmdlet, parameters), {
      ...context,
      isByHand: true,
      actor: administrator(who),
    });
    context.log.add({ service: "admin", what: found.name, result: "done" });
    return value;
  } catch (error) {
    if (error instanceof CmdletError) {
      context.log.add({ service: "admin", what: found.name, result: error.failure.reply });
    }
    throw error;
  }
}

/** An administrator who is asked says yes. */
function withoutPrompt(
  cmdlet: Cmdlet,
  parameters: Record<string, unknown>,
): Record<string, unknown> {
  if ("Confirm" in cmdlet.parameters) return { Confirm: false, ...parameters };
  return "Force" in cmdlet.parameters ? { Force: true, ...parameters } : parameters;
}
