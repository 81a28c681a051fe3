import { judgeHydration } from "../../../mail/doctor/tenant/hydration.ts";
import { kindsOf } from "../../../mail/rights/kinds.ts";
import { needsOf } from "../../../providers/kinds.ts";
import type { Check } from "../check.ts";

/** Whether Exchange makes scopes, limits, policies and rules in this organisation. */
export const hydration: Check = {
  name: "customised-organisation",
  title: "customisation of the organisation",
  async look({ config, invoke }) {
    const needing = kindsOf(config)
      .filter(({ kind }) => needsOf(kind)?.customised === true)
      .map((needed) => `${needed.kind} of ${needed.for}`);
    const [organisation] = (await invoke("Get-OrganizationConfig", {})).value;
    const shown = organisation?.IsDehydrated;
    return judgeHydration(needing, typeof shown === "boolean" ? shown : undefined);
  },
};
