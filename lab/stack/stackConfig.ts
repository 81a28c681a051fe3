import type { World } from "../src/world/world.ts";
import { labApplications } from "./applications.ts";
import { labSenders } from "./senders.ts";

/** The lab's stack file, its `config:` part: what the lab's customer would write. */
export function labConfig(world: World): Record<string, unknown> {
  return {
    "azuread:tenantId": world.tenant.id,
    "m365-smtp-relay:disposable": true,
    "m365-smtp-relay:domains": [{ name: world.tenant.domain, dmarc: { adopt: true } }],
    "m365-smtp-relay:senders": [
      ...labSenders(world).map(({ name, by, from, egress, host }) => ({
        name,
        from: [from],
        authentication: [by === "certificate" ? "certificate" : "staticIp"],
        ...(by === "certificate" ? { certificateName: host } : {}),
        egress: [egress],
      })),
      ...labApplications(world).map(({ from, ...application }) => ({
        ...application,
        from: [from],
        authentication: ["oauth"],
        recipientsPerDay: 500,
      })),
    ],
  };
}
