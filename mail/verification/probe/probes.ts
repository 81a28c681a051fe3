// What a probe can be printed for.

import { WAYS } from "../../clients/settings.ts";
import { powershell } from "./powershell.ts";
import type { ProbeClient, ProbeOrder } from "./probe.ts";
import { python } from "./python.ts";
import { sh } from "./sh.ts";

export const PROBES: readonly ProbeClient[] = [sh, powershell, python];

/**
 * The text of a probe.
 *
 * @throws Error where it can't send by the sender's way
 */
export function probeText({ name, ways, text }: ProbeClient, order: ProbeOrder): string {
  const { way, sender } = order.settings;
  if (ways.includes(way)) return text(order);
  const others = PROBES.filter((one) => one.ways.includes(way)).map((one) => one.name);
  throw new Error(
    `a probe for ${name} can't send for "${sender}", which sends ${WAYS[way]}; use --client ${others.join(" or ")}`,
  );
}
