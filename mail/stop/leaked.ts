import { listed } from "../naming.ts";
import { chooseSubmission } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";

/**
 * Says that what a sender proves itself with is not the stack's to revoke, and who can; undefined where the stack can, or
 * where there is nothing that could leak.
 */
export function notOursToRevoke(sender: Sender): string | undefined {
  const { relaying, submitting } = chooseSubmission([sender]);
  const who = `sender "${sender.name}"`;
  const before = `before npm run start`;
  const [{ match } = { match: undefined }] = relaying;
  if (match?.by === "certificate") {
    return `${who} presents a certificate (${match.certificateName}), which its CA alone can revoke; give its server one of another name, and its certificateName with it, ${before}`;
  }
  const [{ credential } = { credential: undefined }] = submitting;
  if (credential?.by === "adoptedApp") {
    return `${who} signs in with app ${credential.clientId}, whose credentials are its owner's; have them removed there ${before}`;
  }
  if (credential?.by === "federatedIdentity") {
    const issuers = new Set(credential.identities.map(({ issuer }) => issuer));
    return `${who} signs in with tokens of ${listed([...issuers])}, of which Entra holds nothing to revoke; close the leak there ${before}`;
  }
  return undefined;
}
