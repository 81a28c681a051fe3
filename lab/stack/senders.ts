import type { World } from "../src/world/world.ts";

/** A server of the lab's customer, and what its administrator knows of it. */
export interface LabSender {
  readonly name: "erp" | "billing";
  /** How it identifies itself: by its address, or by a certificate. */
  readonly by: "sourceIp" | "certificate";
  readonly from: string;
  readonly egress: string;
  /** Name that it says in EHLO, and for which its certificate is. */
  readonly host: string;
}

/** The two servers of the story: one known by its address, one by its certificate. */
export function labSenders(world: World): readonly [LabSender, LabSender] {
  const { domain } = world.tenant;
  const [erp, billing] = world.addresses.customer;
  return [
    { name: "erp", by: "sourceIp", from: `erp@${domain}`, egress: erp, host: `erp.${domain}` },
    {
      name: "billing",
      by: "certificate",
      from: `invoices@${domain}`,
      egress: billing,
      host: `relay.${domain}`,
    },
  ];
}
