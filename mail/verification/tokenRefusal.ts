import { pageOfCode, type SignInCause, signInErrorOf } from "../entra/signInErrors.ts";
import { chooseCredential } from "../senders/credential.ts";
import { credentialName } from "../senders/credentialNames.ts";
import type { Sender } from "../senders/sender.ts";

/** What mends that Entra gives a sender no token. */
interface Mending {
  /** The part of the sender's app: `app`, `principal`, or what it proves itself with. */
  readonly part: "app" | "principal" | "credential";
  readonly fix: string;
}

const mendingsOf = (sender: string, stack: string): Readonly<Record<SignInCause, Mending>> => {
  const repair = `run npm run pulumi -- up --refresh --stack ${stack}`;
  const compare = `compare federatedIdentity in the stack file with the token, letter by letter, and ${repair}`;
  return {
    unknownApp: { part: "app", fix: `wait some minutes after an up; else ${repair}` },
    unknownTenant: {
      part: "app",
      fix: "correct azuread:tenantId in the stack file, and azuread:environment if the tenant is in a national cloud",
    },
    noPrincipal: { part: "principal", fix: `${repair}, which creates it again` },
    disabled: {
      part: "principal",
      fix: `run npm run start -- --stack ${stack} --sender ${sender} if the sender was stopped; else enable the application in the Entra admin centre`,
    },
    wrongSecret: {
      part: "credential",
      fix: `${repair}, which makes a new one, and configure the sender with it`,
    },
    expiredSecret: {
      part: "credential",
      fix: `run npm run rotate -- --stack ${stack} --sender ${sender}, which makes a new one`,
    },
    certificate: {
      part: "credential",
      fix: `compare the certificate with signInCertificate in the stack file, and ${repair}`,
    },
    audience: { part: "credential", fix: compare },
    federation: { part: "credential", fix: compare },
    time: {
      part: "credential",
      fix: "get a new assertion from the sender's identity provider, and correct the clock",
    },
    policy: {
      part: "principal",
      fix: "ask an administrator to exclude the app from the policy, or send from a location that the policy allows",
    },
    noService: {
      part: "app",
      fix: "look at the subscriptions in the Microsoft 365 admin centre, Billing > Your products",
    },
  };
};

/** What only the owner of an adopted app can mend. */
const OWNERS: ReadonlySet<SignInCause> = new Set([
  ...(["unknownApp", "noPrincipal", "disabled", "wrongSecret", "expiredSecret"] as const),
  ...(["certificate", "audience", "federation"] as const),
]);

/** What Entra's refusal of a token means for a sender; undefined for what are not its words. */
export function tokenRefusal(text: string, sender: Sender, stack: string) {
  const known = signInErrorOf(text);
  if (known === undefined) return undefined;
  const { code, cause, why } = known;
  const { credential } = chooseCredential(sender);
  if (credential.by === "adoptedApp" && cause !== undefined && OWNERS.has(cause)) {
    return {
      resource: resourceOf("app", sender),
      reason: why,
      fix: "ask the app's owner to mend it",
    };
  }
  const { part, fix } =
    cause === undefined
      ? ({
          part: "app",
          fix: `look the code up at ${pageOfCode(code)}, and see docs/how-to/find-out-why-535.md`,
        } as const)
      : mendingsOf(sender.name, stack)[cause];
  return { resource: resourceOf(part, sender), reason: why, fix };
}

function resourceOf(part: Mending["part"], sender: Sender): string {
  const { name } = sender;
  const { credential } = chooseCredential(sender);
  if (credential.by === "adoptedApp") return `relay-${name}-adopted-app`;
  if (part !== "credential") return `relay-${name}-${part}`;
  switch (credential.by) {
    case "secret":
      return `relay-${name}-secret-${credential.generations[0]}`;
    case "certificate":
      return credential.certificates
        .map((one) => credentialName(`relay-${name}-certificate`, one))
        .join(", ");
    case "federatedIdentity":
      return credential.identities
        .map((identity) => credentialName(`relay-${name}-federated-identity`, identity))
        .join(", ");
    case "password":
      return `relay-${name}-app`;
  }
}
