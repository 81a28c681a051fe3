import forge from "node-forge";
import { makeRandom } from "../src/random.ts";
import type { World } from "../src/world/world.ts";
import { seededKey } from "./seededKey.ts";

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

/** An application of the lab's customer that signs in, and what its administrator knows of it. */
export interface LabApplication {
  readonly name: string;
  readonly from: string;
  /** An identity that it has elsewhere; else it has a certificate. */
  readonly federatedIdentity?: { readonly issuer: string; readonly subject: string };
  /** The certificate that it signs in with, PEM. */
  readonly signInCertificate?: string;
  /** Its key, where the certificate is not the lab's own. */
  readonly key?: string;
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

/** A certificate and its private key, PEM. */
export interface SignInCertificate {
  readonly certificate: string;
  readonly key: string;
}

const issued = new Map<string, SignInCertificate>();

/**
 * The certificate that the lab's customer signs in with. It follows from the seed, as the committed stack file holds
 * it; so does its key, which is good for nothing but the lab's own Entra.
 */
export function signInCertificate(seed: string): SignInCertificate {
  const certificate = issued.get(seed) ?? issue(seed);
  issued.set(seed, certificate);
  return certificate;
}

function issue(seed: string): SignInCertificate {
  const random = makeRandom(`${seed}/sign-in certificate`);
  const keys = seededKey(random);
  const certificate = forge.pki.createCertificate();
  const subject = [{ name: "commonName", value: "crm" }];
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = `0${random.hex(15)}`;
  certificate.validity.notBefore = new Date("2026-01-01T00:00:00Z");
  certificate.validity.notAfter = new Date("2046-01-01T00:00:00Z");
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return {
    certificate: forge.pki.certificateToPem(certificate).replaceAll("\r", ""),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}
