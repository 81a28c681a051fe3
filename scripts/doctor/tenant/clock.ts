import { judgeClock } from "../../../mail/doctor/tenant/clock.ts";
import { readClocks } from "../../../tenant/clock.ts";
import { findCloud } from "../../../tenant/clouds.ts";
import type { Check } from "../check.ts";

/** Whether this machine's clock agrees with Microsoft's. It needs no identity. */
export const clock: Check = {
  name: "clock",
  title: "this machine's clock",
  async look({ config: { tenantId, environment }, env }) {
    return judgeClock(await readClocks({ tenantId, cloud: await findCloud(environment, env) }));
  },
};
