import { makeRandom, type Random } from "../random.ts";
import { userIdOf } from "./makeDirectory.ts";
import { CREATED, type Mailbox, newMailbox, type OutboundPolicy } from "./recipients.ts";
import type { Tenant } from "./world.ts";

/** A licensed person's mailbox, as it was before the relay. */
export function drawMailbox(seed: string, name: string, { domain }: Tenant): Mailbox {
  const address = `${name}@${domain}`;
  return newMailbox(
    {
      address,
      guid: makeRandom(`${seed}/mailbox/${name}`).guid(),
      externalDirectoryObjectId: userIdOf(seed, name),
      name,
      alias: name,
      displayName: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      emailAddresses: [`SMTP:${address}`],
      recipientTypeDetails: "UserMailbox",
    },
    CREATED,
  );
}

/** The policy that holds for everybody without one of their own; 0 is the service's own limit. */
export function defaultOutboundPolicy(random: Random): OutboundPolicy {
  return {
    guid: random.guid(),
    name: "Default",
    adminDisplayName: "",
    recipientLimitExternalPerHour: 0,
    recipientLimitInternalPerHour: 0,
    recipientLimitPerDay: 0,
    actionWhenThresholdReached: "BlockUserForToday",
    autoForwardingMode: "Automatic",
    rule: null,
    isDefault: true,
    whenCreated: CREATED,
    whenChanged: CREATED,
  };
}
