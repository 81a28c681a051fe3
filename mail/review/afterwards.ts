import { type Properties, text as textOf } from "../properties.ts";
import { certificatesEndSoon, secretEndsSoon } from "../senders/expiry.ts";
import { validGenerations } from "../senders/generation.ts";
import { isMade, nameOfWay } from "../senders/methods.ts";
import type { Change, Statement } from "./effects.ts";
import { nameIn, senderIn } from "./names.ts";
import { ofKinds, type PlannedResource, type RelayOutputs } from "./preview.ts";
import { moreTokens, settledSenders } from "./senderChanges.ts";
import { isConnector, type SenderRights } from "./senderRights.ts";
import { serviceChanges } from "./serviceChanges.ts";

const isNew = ({ operation }: PlannedResource): boolean =>
  operation === "create" || operation === "replace";

/** What somebody has to be told or given after the `up`. */
export function toTell(change: Change): Statement[] {
  const { preview, senders, belongs } = change;
  const { stack, resources, config, outputs } = preview;
  const newOf = (...kinds: readonly string[]): string[] =>
    ofKinds(resources, ...kinds).flatMap((resource) => {
      const sender = senderIn(belongs(resource));
      const isWanted = isNew(resource) || resource.operation === "update";
      return isWanted && sender !== undefined ? [sender] : [];
    });
  const command = (output: string, flag = "") =>
    `npm run pulumi -- stack output ${output}${flag} --stack ${stack}`;
  const begins = senders
    .filter(
      ({ before, after }) =>
        after !== undefined && (before?.method !== after.method || before.via !== after.via),
    )
    .map(({ sender }) => sender);
  const apps = newOf("Application");
  return [
    ...senders.flatMap(({ sender: who, after }) =>
      after !== undefined && begins.includes(who)
        ? [{ who, text: howToSend(who, after, command) }]
        : [],
    ),
    ...apps
      .filter((sender) => !begins.includes(sender))
      .map((who) => ({ who, text: `the new client id (${command(`senders.${who}`)})` })),
    ...senders
      .filter(({ sender, isKnownOtherwise }) => isKnownOtherwise && !begins.includes(sender))
      .flatMap(({ sender: who, after }) =>
        after === undefined ? [] : [{ who, text: knownByFromNowOn(after) }],
      ),
    ...senders.flatMap(({ sender: who, before, after }) => {
      const more = before && after ? moreTokens(before, after) : [];
      return more.length === 0
        ? []
        : [
            {
              who,
              text: `sign in with ${more.join(" or ")} where it has that identity; the present ones go on working`,
            },
          ];
    }),
    ...newOf("ApplicationCertificate")
      .filter(settledSenders(senders))
      .map((who) => ({
        who,
        text: isRolled(who, change, "ApplicationCertificate")
          ? "sign in with the key of the new certificate; the present one works until it is taken out of signInCertificate"
          : "sign in with the key of the new certificate from now on",
      })),
    ...newOf("ApplicationPassword").map((who) => ({
      who,
      text: `the new secret (${command(`secrets.${who}`, " --show-secrets")})${isRolled(who, change, "ApplicationPassword") ? "; the present one works until credentialGeneration lists the new one alone, or is raised again" : ""}`,
    })),
    ...newOf("Password").map((who) => ({
      who,
      text: `the new password (${command(`secrets.${who}`, " --show-secrets")})`,
    })),
    ...(config?.domains ?? [])
      .filter(({ name, dns }) => dns.host === "external" && concerns(change, name))
      .map(({ name }) => ({
        who: `the DNS of ${name}`,
        text: `the records to publish there${change.domains.added.includes(name) ? "" : ", before this is applied"} (npm run dns -- --stack ${stack})`,
      })),
    ...elsewhere(outputs.before, outputs.after),
    ...policies(change),
  ];
}

/** How a sender that begins to send in a way learns of it. */
function howToSend(
  sender: string,
  after: SenderRights,
  command: (output: string) => string,
): string {
  if (!isMade(after.method))
    return `set up ${nameOfWay({ method: after.method })}, which this stack does not do`;
  return after.via === undefined
    ? `how to send (${command(`senders.${sender}`)})`
    : `send through "${after.via}" (${command(`senders.${after.via}`)})`;
}

/** What a sender has to do from now on, for Exchange to know it. */
const knownByFromNowOn = ({ egress, knownBy, method }: SenderRights): string => {
  if (egress.length > 0) return `send from ${egress.join(", ")} from now on`;
  return isConnector({ method })
    ? `present a ${knownBy} from now on`
    : `sign in with ${knownBy} from now on`;
};

/** Whether a sender has a secret or certificate that goes on working beside its new one. */
const isRolled = (
  sender: string,
  { senders, preview, belongs }: Change,
  kind: "ApplicationPassword" | "ApplicationCertificate",
): boolean =>
  settledSenders(senders)(sender) &&
  ofKinds(preview.resources, kind).some(
    (resource) => senderIn(belongs(resource)) === sender && resource.operation === "same",
  );

/** A policy of MTA-STS that a record announces, which no DNS record can hold. */
const policies = ({ preview }: Change): Statement[] =>
  ofKinds(preview.resources, "DnsRecord")
    .filter(({ operation, after }) => operation !== "same" && after?.inputs.purpose === "mta-sts")
    .map(({ after }) => textOf(after?.inputs.name).replace("_mta-sts.", ""))
    .map((domain) => ({
      who: `the web server of ${domain}`,
      text: `serve the policy at mta-sts.${domain}/.well-known/mta-sts.txt, before this is applied`,
    }));

/** Whether what a domain's DNS has to say may change. */
const concerns = ({ preview, belongs, domains, senders }: Change, domain: string): boolean =>
  domains.added.includes(domain) ||
  serviceChanges(preview).some((change) => change.domain === domain) ||
  preview.resources.some(
    (resource) => resource.operation === "delete" && nameIn(belongs(resource)) === domain,
  ) ||
  senders.some(({ before, after }) =>
    [before, after].some((one) => one?.from.some((address) => address.endsWith(`@${domain}`))),
  );

/** Records for zones of others. */
function elsewhere(before: RelayOutputs, after: RelayOutputs | undefined): Statement[] {
  const [known, now] = [before, after].map((outputs) =>
    Object.values(outputs?.dns ?? {}).flatMap(({ elsewhere: list }) =>
      Array.isArray(list) ? (list as { name: string; type: string; content: string }[]) : [],
    ),
  );
  return (now ?? [])
    .filter(({ name }) => !known?.some((one) => one.name === name))
    .map(({ name, type, content }) => ({
      who: `the DNS of ${name.replace(/^.*\._report\._dmarc\./, "")}`,
      text: `publish the ${type} record "${name}" with "${content}"; until then no reports come there`,
    }));
}

/** What the `up` waits for, and what may take longer than that. */
export function waits({ preview, belongs }: Change): Statement[] {
  const { resources, config } = preview;
  const within = `for at most ${config?.waitMinutes ?? 0} minutes; the output pending names what is missing then`;
  return resources.flatMap((resource): Statement[] => {
    const who = nameIn(belongs(resource));
    if (who === "" || resource.operation === "delete") return [];
    if (isNew(resource)) {
      const what = WAITED_FOR[resource.kind];
      return what === undefined ? [] : [{ who, text: what(within) }];
    }
    const pending = textOf(resource.before?.outputs.pending);
    const isSeenTo = resources.some((one) => isNew(one) && nameIn(belongs(one)) === who);
    return pending === "" || isSeenTo
      ? []
      : [{ who, text: `missing since the last up: ${pending}` }];
  });
}

/** @see docs/how-to/find-out-why-535.md (two hours) */
const WAITED_FOR: Readonly<Record<string, (within: string) => string>> = {
  DkimSigning: (within) => `DKIM: until Exchange finds both CNAMEs, ${within}`,
  ClientSubmission: (within) =>
    `until Exchange lets the mailbox submit mail, ${within}. Exchange may refuse sign-ins for up to two hours`,
};

/**
 * Credentials that end within 90 days, or have ended, and changes that were announced for these senders, a sentence each.
 *
 * @param now the time of the review
 */
export function expiring({ preview }: Change, now: Date): string[] {
  const { outputs, config, announced } = preview;
  const { senders } = outputs.after ?? outputs.before;
  const ending = (config?.senders ?? []).flatMap(
    ({ name, signInCertificate = [], credentialGeneration = 1 }) => {
      const { by, endDate } = (senders[name]?.credential ?? {}) as Properties;
      const warnings = [
        by === "secret" && textOf(endDate) !== ""
          ? secretEndsSoon(name, textOf(endDate), validGenerations(credentialGeneration)[0], now)
          : undefined,
        ...certificatesEndSoon(name, signInCertificate, now),
      ];
      return warnings.filter((warning) => warning !== undefined);
    },
  );
  return [...ending, ...announced];
}
