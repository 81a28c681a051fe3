/** Why Entra signs an app in no more, and what to do. */
interface Explained {
  /** As a clause. */
  readonly why: string;
  readonly fix: string;
}

const PLACE = "in the Entra admin centre, App registrations > Certificates & secrets";
const FEDERATED = `compare issuer, subject and audience with the app's federated credentials ${PLACE} > Federated credentials, or run npm run bootstrap with --github, --gitlab or --azure-devops`;

/**
 * By the number of the AADSTS code.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 * @see https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust (federated credentials)
 */
const EXPLAINED: Readonly<Record<string, Explained>> = {
  "7000215": {
    why: "the text in ARM_CLIENT_SECRET is none of the app's secrets; often it is the secret's id in place of its value",
    fix: `make a new secret ${PLACE}, and export its value as ARM_CLIENT_SECRET`,
  },
  "7000222": {
    why: "the secret in ARM_CLIENT_SECRET has expired",
    fix: `make a new secret ${PLACE}, and export its value as ARM_CLIENT_SECRET`,
  },
  "700016": {
    why: "the tenant has no app with this client id",
    fix: "correct ARM_CLIENT_ID, or azuread:tenantId in the stack file if the app is another tenant's",
  },
  "90002": {
    why: "there is no such tenant in this cloud",
    fix: "correct azuread:tenantId in the stack file, and azuread:environment if the tenant is in a national cloud",
  },
  "7000112": {
    why: "the app is disabled",
    fix: "ask an administrator to set Enabled for users to sign-in to Yes in the Entra admin centre, Enterprise applications > Properties",
  },
  "7000229": {
    why: "the app has no enterprise application in this tenant",
    fix: "ask an administrator to create it (New-MgServicePrincipal -AppId), or run npm run bootstrap, which creates an app with its enterprise application",
  },
  "700027": {
    why: "the app does not have this certificate, or the certificate has expired",
    fix: `add the public part of the certificate that ARM_CLIENT_CERTIFICATE_PATH names ${PLACE} > Certificates`,
  },
  "700024": {
    why: "the token, or what was signed with the certificate, is not valid at this time: this machine's clock is wrong, or the token is too old",
    fix: "correct this machine's clock (timedatectl set-ntp true), or fetch a new token",
  },
  "70021": { why: "no federated credential of the app matches the token", fix: FEDERATED },
  "700211": { why: "no federated credential of the app has the token's issuer", fix: FEDERATED },
  "700212": { why: "no federated credential of the app has the token's audience", fix: FEDERATED },
  "700213": { why: "no federated credential of the app has the token's subject", fix: FEDERATED },
  "53003": {
    why: "a Conditional Access policy for workload identities blocks the app",
    fix: "ask an administrator to look at the Entra admin centre, Sign-in logs > Service principal sign-ins, and to exclude the app or this machine's address from that policy",
  },
};

/** What Entra's words mean; undefined where they have no AADSTS code. */
export function explainSignIn(words: string): Explained | undefined {
  const [, code] = /AADSTS(\d+)/.exec(words) ?? [];
  if (code === undefined) return undefined;
  return (
    EXPLAINED[code] ?? {
      why: "Entra refuses the app",
      fix: `look up AADSTS${code} at https://login.microsoftonline.com/error?code=${code}, and check ARM_CLIENT_ID and what the app signs in with`,
    }
  );
}
