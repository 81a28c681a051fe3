import { autoForwardProblem, smtpAuthProblem } from "../exchangeScript.ts";
import type { Problem } from "../problem.ts";
import { type Properties, text, textsIn } from "../properties.ts";
import { tenantWideProblem } from "../senders/access.ts";
import { longSecretProblem } from "../senders/expiry.ts";
import { found, type GuardedResource, type Guardrail } from "./guardrail.ts";

const appRights: Guardrail = {
  id: "app-rights",
  title: "An app reaches the mail of the whole tenant",
  severity: "dangerous",
  source: "https://learn.microsoft.com/graph/permissions-reference",
  judgeResource: ({ kind, name, inputs }) =>
    (ROLES_OF[kind]?.(inputs) ?? []).flatMap((role) =>
      found(tenantWideProblem(`app role of ${name}`, role)),
    ),
};

/** Ids of the app roles that a resource of azuread asks for or gives, by its kind. */
const ROLES_OF: Readonly<Record<string, (inputs: Properties) => readonly string[]>> = {
  AppRoleAssignment: ({ appRoleId }) => [text(appRoleId)],
  ApplicationApiAccess: ({ roleIds }) => textsIn(roleIds),
  Application: ({ requiredResourceAccesses }) =>
    objectsIn(requiredResourceAccesses)
      .flatMap(({ resourceAccesses }) => objectsIn(resourceAccesses))
      .filter(({ type }) => type === "Role")
      .map(({ id }) => text(id)),
};

const objectsIn = (value: unknown): Properties[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) : [];

const secretLifetime: Guardrail = {
  id: "secret-lifetime",
  title: "A client secret is valid for more than 180 days, or was issued longer ago",
  severity: "look",
  source: "https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials",
  judgeResource: ({ kind, name, inputs }, now) => {
    if (kind !== "ApplicationPassword") return [];
    const from = timeOf(inputs.startDate);
    const hours = /^(\d+)h/.exec(text(inputs.endDateRelative))?.[1];
    const after = hours === undefined ? undefined : (from ?? now).getTime() + Number(hours) * HOUR;
    const end = after === undefined ? timeOf(inputs.endDate) : new Date(after);
    return end === undefined ? [] : found(longSecretProblem(`secret ${name}`, { from, end }, now));
  },
  // Entra tells when it issued a secret.
  judgeStack: (resources, now) =>
    resources
      .filter(({ kind }) => kind === "ApplicationPassword")
      .flatMap(({ name, outputs }) => {
        const from = timeOf(outputs?.startDate);
        return found(longSecretProblem(`secret ${name}`, { from }, now));
      }),
};

const HOUR = 60 * 60 * 1000;

function timeOf(value: unknown): Date | undefined {
  const time = Date.parse(text(value));
  return Number.isNaN(time) ? undefined : new Date(time);
}

const smtpAuth: Guardrail = {
  id: "smtp-auth",
  title: "SMTP AUTH is on for the whole organisation",
  severity: "dangerous",
  source:
    "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission",
  scuba: ["MS.EXO.5.1v1"],
  judgeResource: inScripts(smtpAuthProblem),
};

const autoForwarding: Guardrail = {
  id: "auto-forwarding",
  title: "Mailboxes forward to other organisations automatically",
  severity: "dangerous",
  source:
    "https://learn.microsoft.com/defender-office-365/outbound-spam-policies-external-email-forwarding",
  scuba: ["MS.EXO.1.1v2"],
  judgeResource: inScripts(autoForwardProblem),
};

/** What a rule says of each text of a resource's inputs: programs run scripts by kinds of many names. */
function inScripts(rule: (key: string, script: string) => Problem | undefined) {
  return ({ name, inputs }: GuardedResource): Problem[] =>
    Object.entries(inputs).flatMap(([key, value]) =>
      textsIn([value].flat()).flatMap((script) => found(rule(`${name}: ${key}`, script))),
    );
}

export const TENANT_GUARDRAILS: readonly Guardrail[] = [
  appRights,
  secretLifetime,
  smtpAuth,
  autoForwarding,
];
