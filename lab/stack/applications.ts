import type { World } from "../src/world/world.ts";
import { signInCertificate } from "./signInCertificate.ts";

/** An application of the lab's customer that signs in, and what its administrator knows of it. */
export interface LabApplication {
  readonly name: "shop" | "crm";
  readonly from: string;
  /** An identity that it has elsewhere; else it has a certificate. */
  readonly federatedIdentity?: { readonly issuer: string; readonly subject: string };
  /** The certificate that it signs in with, PEM. */
  readonly signInCertificate?: string;
}

/** The two applications of the story: one with an identity elsewhere, one with a certificate. */
export function labApplications({
  seed,
  tenant,
}: World): readonly [LabApplication, LabApplication] {
  const { domain } = tenant;
  return [
    {
      name: "shop",
      from: `orders@${domain}`,
      federatedIdentity: { issuer: `https://workloads.${domain}`, subject: "shop/production" },
    },
    {
      name: "crm",
      from: `crm@${domain}`,
      signInCertificate: signInCertificate(seed).certificate,
    },
  ];
}
