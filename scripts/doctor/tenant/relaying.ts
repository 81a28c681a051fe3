import { judgeRelaying } from "../../../mail/doctor/tenant/relaying.ts";
import { externalRecipientsOf } from "../../../mail/senders/headroom.ts";
import { graph } from "../../../tenant/graph.ts";
import { readSubscriptions } from "../../../tenant/subscriptions.ts";
import type { Check } from "../check.ts";

/** Whether the tenant's subscriptions let it send. An app without the right to see trials does not need it otherwise. */
export const relaying: Check = {
  name: "subscriptions",
  title: "subscriptions of the tenant",
  async look({ config, connect }) {
    const { skus, owned } = await readSubscriptions(graph(await connect()));
    const findings = judgeRelaying(
      config.tenantId,
      skus,
      owned,
      externalRecipientsOf(config.senders),
    );
    return owned === undefined
      ? {
          findings,
          notLookedAt:
            "whether the subscriptions are trials needs Organization.Read.All (Microsoft Graph, application permission), and this stack needs that permission for nothing else",
        }
      : findings;
  },
};
