import { type Properties, text as textOf } from "../drift/kinds.ts";
import { certificateEndsSoon, secretEndsSoon } from "../senders/credentials.ts";
import type { Change, Statement } from "./effects.ts";
import { ofKinds, type PlannedResource, type RelayOutputs } from "./preview.ts";

const isNew = ({ operation }: PlannedResource): boolean =>
  operation === "create" || operation === "replace";

/** What somebody has to be told or given after the `up`. */
export function toTell(change: Change): Statement[] {
  const { preview, senders, belongs } = change;
  const { stack, resources, config, outputs } = preview;
  const senderOf = (resource: PlannedResource): string => {
    const owner = belongs(resource);
    return owner !== undefined && "sender" in owner ? owner.sender : "";
  };
  const newOf = (kind: string) =>
    ofKinds(resources, kind)
      .filter(isNew)
      .map(senderOf)
      .filter((name) => name !== "");
  const command = (output: string, flag = "") =>
    `npm run pulumi -- stack output ${output}${flag} --stack ${stack}`;
  const added = senders.filter(({ before }) => before === undefined).map(({ sender }) => sender);
  const apps = newOf("Application");
  return [
    ...added.map((who) => ({ who, text: `how it has to send (${command(`senders.${who}`)})` })),
    ...apps
      .filter((sender) => !added.includes(sender))
      .map((who) => ({ who, text: `its new client id (${command(`senders.${who}`)})` })),
    ...senders
      .filter(({ isKnownOtherwise }) => isKnownOtherwise)
      .map(({ sender: who, after }) => ({
        who,
        text: `Exchange knows it by ${after?.knownBy} from now on`,
      })),
    ...newOf("ApplicationPassword").map((who) => ({
      who,
      text: `its new secret (${command(`secrets.${who}`, " --show-secrets")})${apps.includes(who) ? "" : "; the one that it has works until the next raise of credentialGeneration"}`,
    })),
    ...ofKinds(resources, "Password")
      .filter(({ operation }) => operation !== "same" && operation !== "delete")
      .map(senderOf)
      .map((who) => ({
        who,
        text: `its new password (${command(`secrets.${who}`, " --show-secrets")})`,
      })),
    ...(config?.domains ?? [])
      .filter(({ name, dns }) => dns.host === "external" && concerns(change, name))
      .map(({ name }) => ({
        who: `the DNS of ${name}`,
        text: `the records to publish there (npm run dns -- --stack ${stack})`,
      })),
    ...elsewhere(outputs.before, outputs.after),
  ];
}

/** Whether what a domain's DNS has to say may change. */
const concerns = ({ domains, senders }: Change, domain: string): boolean =>
  domains.added.includes(domain) ||
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
      who: `the zone of ${name}`,
      text: `${type} ${name} ${content}, to be published there`,
    }));
}

/** What the `up` waits for. */
export function waits({ preview, belongs }: Change): Statement[] {
  const { resources, config } = preview;
  const minutes = config?.waitMinutes ?? 0;
  const within = `for at most ${minutes} minutes; the output pending names what is missing then`;
  return resources.filter(isNew).flatMap((resource) => {
    const owner = belongs(resource);
    if (resource.kind === "DkimSigning") {
      const text = `DKIM: until Exchange finds both CNAMEs, ${within}`;
      return [{ who: textOf(resource.after?.inputs.domain), text }];
    }
    if (resource.kind !== "ClientSubmission" || owner === undefined || !("sender" in owner))
      return [];
    return [{ who: owner.sender, text: `until Exchange lets its mailbox submit mail, ${within}` }];
  });
}

/**
 * Credentials that end within 30 days, or have ended, a sentence each.
 *
 * @param now the time of the review
 */
export function expiring({ preview }: Change, now: Date): string[] {
  const { outputs, config } = preview;
  const { senders } = outputs.after ?? outputs.before;
  return (config?.senders ?? []).flatMap(
    ({ name, signInCertificate, credentialGeneration = 1 }) => {
      const { by, endDate } = (senders[name]?.credential ?? {}) as Properties;
      const warnings = [
        by === "secret" && textOf(endDate) !== ""
          ? secretEndsSoon(name, textOf(endDate), credentialGeneration, now)
          : undefined,
        signInCertificate && certificateEndsSoon(name, signInCertificate, now),
      ];
      return warnings.filter((warning) => warning !== undefined && warning !== "") as string[];
    },
  );
}
