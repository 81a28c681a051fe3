import type { Context } from "../context.ts";
import type { World } from "../world/world.ts";
import { bind } from "./binding.ts";
import type { Cmdlet, Outcome } from "./cmdlet.ts";
import { accessCmdlets } from "./tables/access.ts";
import { mailFlowCmdlets } from "./tables/mailFlow.ts";
import { recipientCmdlets } from "./tables/recipients.ts";

const cmdlets: Record<string, Cmdlet> = {
  ...mailFlowCmdlets,
  ...recipientCmdlets,
  ...accessCmdlets,
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
