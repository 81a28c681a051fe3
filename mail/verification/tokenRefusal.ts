import { chooseCredential } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";

/** Why Entra gives no token, and what mends it. */
interface Refusal {
  /** AADSTS codes without their letters. */
  readonly codes: readonly string[];
  /** The part of the sender's app: `app`, `principal`, or what it proves itself with. */
  readonly part: "app" | "principal" | "credential";
  readonly reason: string;
  readonly fix: string;
}

const PAGE = "docs/how-to/find-out-why-535.md";

/** @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const REFUSALS: readonly Refusal[] = [
  {
    codes: ["7000222"],
    part: "credential",
    reason: "the app's secret has expired",
    fix: "run npm run rotate, which makes a new one",
  },
  {
    codes: ["7000215"],
    part: "credential",
    reason: "the app does not have this secret: somebody removed or replaced it",
    fix: "run npm run pulumi -- up --refresh, which makes a new one, and configure the sender with it",
  },
  {
    codes: ["700027", "7000229"],
    part: "credential",
    reason:
      "the app does not have this certificate, the certificate has expired, or the key is not its own",
    fix: "compare the certificate with signInCertificate in the stack file, and run npm run pulumi -- up --refresh",
  },
  {
    codes: ["70021", "700211", "700212", "700213", "7002138"],
    part: "credential",
    reason: "no federated credential of the app has the issuer, subject and audience of this token",
    fix: "compare federatedIdentity in the stack file with the token, letter by letter, and run npm run pulumi -- up --refresh",
  },
  {
    codes: ["700024"],
    part: "credential",
    reason: "the assertion has expired, or a clock is wrong",
    fix: "get a new assertion from the sender's identity provider, and correct the clock",
  },
  {
    codes: ["7000112"],
    part: "principal",
    reason: "the enterprise application is disabled, by hand or by npm run stop",
    fix: "run npm run start if the sender was stopped; else enable the application in the Entra admin centre",
  },
  {
    codes: ["700016", "90002"],
    part: "app",
    reason: "the app was deleted, or is a few minutes old",
    fix: "wait some minutes after an up; else run npm run pulumi -- up --refresh",
  },
  {
    codes: ["53003", "530036", "53004"],
    part: "principal",
    reason: "a Conditional Access policy for workload identities refuses the app on this machine",
    fix: "ask an administrator to exclude the app from the policy, or send from a location that the policy allows",
  },
];

/** What Entra's refusal of a token means for a sender; undefined for what are not its words. */
export function tokenRefusal(text: string, sender: Sender) {
  const [, code] = /^AADSTS(\d{5,8})\b/.exec(text) ?? [];
  if (code === undefined) return undefined;
  const known = REFUSALS.find(({ codes }) => codes.includes(code));
  return {
    resource: resourceOf(known?.part ?? "app", sender),
    reason: known?.reason ?? "Entra issues no token to the app",
    fix:
      known?.fix ?? `look the code up at https://login.microsoftonline.com/error, and see ${PAGE}`,
  };
}

const CREDENTIALS = {
  federatedIdentity: "federated-identity",
  certificate: "certificate",
} as const;

function resourceOf(part: Refusal["part"], sender: Sender): string {
  const { name } = sender;
  const { credential } = chooseCredential(sender);
  if (credential.by === "adoptedApp") return `relay-${name}-adopted-app`;
  if (part !== "credential") return `relay-${name}-${part}`;
  if (credential.by === "secret") return `relay-${name}-secret-${credential.generations[0]}`;
  return credential.by === "password"
    ? `relay-${name}-app`
    : `relay-${name}-${CREDENTIALS[credential.by]}`;
}
