import { pageOfCode, type SignInCause, signInErrorOf } from "./signInErrors.ts";

const PLACE = "in the Entra admin centre, App registrations > Certificates & secrets";
const NEW_SECRET = `make a new secret ${PLACE}, and export its value as ARM_CLIENT_SECRET`;

const FIXES: Readonly<Record<SignInCause, string>> = {
  unknownApp:
    "correct ARM_CLIENT_ID, or azuread:tenantId in the stack file if the app is another tenant's",
  unknownTenant:
    "correct azuread:tenantId in the stack file, and azuread:environment if the tenant is in a national cloud",
  noPrincipal: "ask an administrator to create it with New-MgServicePrincipal -AppId",
  disabled:
    "ask an administrator to set Enabled for users to sign-in to Yes in the Entra admin centre, Enterprise applications > Properties",
  wrongSecret: NEW_SECRET,
  expiredSecret: NEW_SECRET,
  certificate: `add the public part of the certificate that ARM_CLIENT_CERTIFICATE_PATH names ${PLACE} > Certificates`,
  audience:
    "give the app's federated credential this audience, or request a token for the audience that it has: set ARM_OIDC_AUDIENCE to that, and for the azuread plugin append &audience=… to ARM_OIDC_REQUEST_URL",
  federation: `compare issuer and subject with the app's federated credentials ${PLACE} > Federated credentials`,
  time: "correct this machine's clock (timedatectl set-ntp true), or fetch a new token",
  policy:
    "ask an administrator to look at the Entra admin centre, Sign-in logs > Service principal sign-ins, and to exclude the app or this machine's address from that policy",
  noService:
    "look at the subscriptions in the Microsoft 365 admin centre, Billing > Your products; correct azuread:tenantId in the stack file if this is another tenant",
};

/** What to do when the app that the environment names (ARM_CLIENT_ID) gets no token. */
export function fixOfEnvironment(words: string): string {
  const known = signInErrorOf(words);
  if (known === undefined) {
    return "check the network, a proxy in between, and ARM_METADATA_HOSTNAME if it is set";
  }
  return known.cause === undefined
    ? `look the code up at ${pageOfCode(known.code)}, and check ARM_CLIENT_ID and what the app signs in with`
    : FIXES[known.cause];
}
