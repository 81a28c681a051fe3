import type { FederatedIdentity } from "../senders/sender.ts";

/**
 * What an app registration is made with, by Graph's names.
 *
 * @param notes says who manages it
 */
export const applicationProperties = (displayName: string, notes: string) => ({
  displayName,
  signInAudience: "AzureADMyOrg",
  notes,
});

/** What a federated identity credential is made with, beside its name. */
export const federatedProperties = ({ issuer, subject, audience }: FederatedIdentity) => ({
  issuer,
  subject,
  audiences: [audience],
});

/**
 * Display name of a client secret.
 *
 * @param name the sender's resources' logical name, `relay-shop`
 */
export const secretDisplayName = (name: string, generation: number): string =>
  `${name} ${generation}`;

/** What the user of a sender that signs in with a password is made with, by Graph's names. */
export const userProperties = (address: string, objectName: string) => ({
  userPrincipalName: address,
  displayName: objectName,
  mailNickname: objectName,
  showInAddressList: false,
});
