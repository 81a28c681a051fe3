import type { Application } from "../world/directory.ts";
import type { AppRestrictions } from "../world/policies.ts";
import type { World } from "../world/world.ts";
import type { Call } from "./guard.ts";

/**
 * Refuses a credential that the tenant's app management policies forbid: the app's own policy, else the default one. Assumed:
 * that a policy of the app's own which is not enabled leaves it to the default one.
 */
export function demandAllowed(
  { context, refusal }: Call,
  { appId, createdDateTime }: Pick<Application, "appId" | "createdDateTime">,
  kind: keyof AppRestrictions,
  { start, end }: { start: Date; end: Date },
): void {
  const restrictions = restrictionsOf(context.world, appId)[kind];
  const isHeld = (type: RegExp) =>
    restrictions.find(
      ({ restrictionType, restrictForAppsCreatedAfterDateTime: from, state }) =>
        type.test(restrictionType) &&
        state === "enabled" &&
        (from === null || Date.parse(createdDateTime) >= Date.parse(from)),
    );
  if (isHeld(/^passwordAddition$/)) throw refusal("graph.credential-type");
  const longest = isHeld(/^(password|asymmetricKey)Lifetime$/)?.maxLifetime ?? null;
  if (longest !== null && end.getTime() - start.getTime() > millisecondsOf(longest)) {
    throw refusal("graph.credential-lifetime");
  }
}

function restrictionsOf({ policies }: World, appId: string): AppRestrictions {
  const own = policies.appManagement.find((one) => one.isEnabled && one.appliesTo.includes(appId));
  if (own !== undefined) return own.restrictions;
  const { isEnabled, applicationRestrictions } = policies.defaultAppManagement;
  return isEnabled ? applicationRestrictions : { passwordCredentials: [], keyCredentials: [] };
}

const SECONDS = { D: 86_400, H: 3600, M: 60, S: 1 } as const;

/** Of an ISO 8601 duration in days, hours, minutes and seconds, as Graph writes it. */
function millisecondsOf(duration: string): number {
  const parts = duration.matchAll(/(\d+)([DHMS])/g);
  return [...parts].reduce(
    (sum, [, number, unit]) => sum + Number(number) * SECONDS[unit as keyof typeof SECONDS] * 1000,
    0,
  );
}
