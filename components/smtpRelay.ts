import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { declareFence } from "../mail/exchange/fence.ts";
import { declareConnector } from "../mail/exchange/inboundConnector.ts";
import { ownerOfSender } from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import { type RelayNames, retireNotices } from "../mail/retire.ts";
import type { ApplicationAccess } from "../mail/senders/access.ts";
import { type ConnectorChoice, chooseSubmission } from "../mail/senders/choose.ts";
import { announcedNotices } from "../mail/senders/dates.ts";
import { externalRecipientsOf, NEAR_SOME_LIMIT } from "../mail/senders/headroom.ts";
import { relayName } from "../mail/senders/names.ts";
import { narrowFromWarnings, relayScope } from "../mail/senders/relayScope.ts";
import type { Sender } from "../mail/senders/sender.ts";
import { headroomNotices } from "../mail/senders/usageText.ts";
import { AcceptedDomain, InboundConnector, Survey, TransportRule } from "../providers/resources.ts";
import { surveyInputs } from "../providers/surveyInputs.ts";
import type { Zone } from "./cloudflareZones.ts";
import { HighVolumeSender } from "./highVolumeSender.ts";
import type { Mailboxes } from "./licensedUser.ts";
import { MailDns } from "./mailDns.ts";
import {
  type DomainSettings,
  describeConnector,
  describeDirectSend,
  describeDomain,
  describeSender,
  type MethodSettings,
  type SenderSettings,
} from "./settings.ts";
import { Submitter } from "./submitter.ts";
import {
  recordNeeds,
  surveyedAccount,
  surveyedCredentials,
  surveyedDirectSend,
  surveyedDomain,
  surveyedMailbox,
  surveyedSenders,
} from "./surveyed.ts";

/** Arguments of `SmtpRelay`; the stack file has the same. */
export interface SmtpRelayArgs {
  /** The Microsoft 365 tenant, a GUID. */
  readonly tenantId: string;
  /** The cloud it is in, by the azuread provider's names. */
  readonly environment: Environment;
  /** Verified domains that senders send from. */
  readonly domains: readonly SendingDomain[];
  /** Their zones at Cloudflare. */
  readonly zones: readonly Zone[];
  /** What is wrong with zones that are not among them; any of these refuses the relay. @default none */
  readonly zoneProblems?: readonly Problem[];
  readonly senders: readonly Sender[];
  /** Minutes that an `up` waits for Microsoft and for DNS before it ends with `pending`. */
  readonly waitMinutes: number;
  /** How apps get access to their mailboxes. */
  readonly applicationAccess: ApplicationAccess;
  /** Whether the relay may be torn down. Otherwise Pulumi protects what an `up` could not create again as it was. */
  readonly disposable: boolean;
}

/** An SMTP relay on Microsoft 365: for each sender what lets it submit mail, and the settings that it needs. */
export class SmtpRelay extends pulumi.ComponentResource {
  /** By sender's name. */
  readonly senders: Readonly<Record<string, SenderSettings>>;
  /** By domain's name. */
  readonly dns: Readonly<Record<string, DomainSettings>>;
  /** The secrets and passwords of senders that sign in with one, by sender's name. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** What is missing until every sender can send, a sentence each; empty when nothing is. */
  readonly pending: pulumi.Output<string[]>;

  constructor(name: string, args: SmtpRelayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:SmtpRelay", name, {}, opts);
    const { tenantId, environment, zones, zoneProblems = [], waitMinutes } = args;
    const { applicationAccess: access } = args;
    const tenant = { tenantId, environment };
    const owner = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const submission = chooseSubmission(args.senders);
    const { relaying, submitting, directSending, highVolume, elsewhere } = submission;
    const objectOf = ({ sender }: { readonly sender: string }) => ({
      owner: ownerOfSender(owner, sender),
      objectName: relayName(pulumi.getStack(), sender),
    });
    const domainNames = args.domains.map(({ name }) => name);
    const relays = relaying.map((choice) => ({
      choice,
      maySendAs: relayScope(choice, domainNames),
      from: args.senders.find(({ name }) => name === choice.sender)?.from ?? [],
      inputs: connectorInputs(args, owner, choice, relaying),
      fence: fenceInputs(args, owner, choice),
    }));
    const sendingDomains = args.domains.map((domain) => recordNeeds(domain, args));
    const kept = protectedNames(args);
    const externalRecipients = externalRecipientsOf(args.senders);

    const survey = new Survey(
      `${name}-survey`,
      surveyInputs({
        ...tenant,
        owner,
        domains: sendingDomains.map((needs) => surveyedDomain(needs, zones)),
        connectors: relays.map(({ inputs }) => inputs),
        fences: relays.flatMap(({ fence }) => fence ?? []),
        mailboxes: submitting.map((choice) =>
          surveyedMailbox(choice, { ...objectOf(choice), access }),
        ),
        accounts: highVolume.map((choice) => surveyedAccount(choice, objectOf(choice))),
        senders: surveyedSenders(args.senders, submission, relays),
        ...surveyedDirectSend(directSending),
        ...surveyedCredentials(submitting),
        protected: kept,
        ...(externalRecipients < NEAR_SOME_LIMIT
          ? {}
          : { externalRecipientsPerDay: externalRecipients }),
        ...(zoneProblems.length === 0 ? {} : { zoneProblems }),
      }),
      { parent: this },
    );
    const child = { parent: this, dependsOn: survey };
    const protectedIf = (isProtected: boolean) => ({ ...child, protect: isProtected });
    const ofSender = (name: string) => protectedIf(kept.senders.includes(name));
    const warnings = [
      ...retireNotices(args),
      ...narrowFromWarnings(relays),
      ...announcedNotices(args.senders, new Date()),
      ...headroomNotices(args.senders),
    ];
    for (const warning of warnings) void pulumi.log.warn(warning);

    // A sender may send as one that is declared later.
    const { promise: mailboxes, resolve } = Promise.withResolvers<Mailboxes>();
    const submitters = submitting.map((choice) => {
      const own = { ...tenant, ...objectOf(choice), choice };
      const inputs = { ...own, relay: name, waitMinutes, access, mailboxes };
      return new Submitter(`${name}-${choice.sender}`, inputs, ofSender(choice.sender));
    });
    resolve(new Map(submitters.map(({ settings, mailbox }) => [settings.mailbox, mailbox])));
    const accounts = highVolume.map((choice) => {
      const inputs = { ...tenant, ...objectOf(choice), choice };
      return new HighVolumeSender(`${name}-${choice.sender}`, inputs, ofSender(choice.sender));
    });
    const domains = new Map(
      sendingDomains.map((needs) => {
        const { domain } = needs;
        const inExchange = { ...tenant, domain: domain.name };
        const accepted = new AcceptedDomain(`${name}-${domain.name}`, inExchange, child);
        const { mxHost } = accepted;
        const dns = new MailDns(
          `${name}-${domain.name}`,
          { ...tenant, owner, ...needs, mxHost, zones, waitMinutes },
          protectedIf(kept.domains.includes(domain.name)),
        );
        return [domain.name, { mxHost, dns, domain }];
      }),
    );
    const fences = new Map(
      relays.flatMap(({ choice: { sender }, fence }) =>
        fence
          ? [[sender, new TransportRule(`${name}-${sender}-fence`, fence, child)] as const]
          : [],
      ),
    );
    // A connector opens after its fence stands, and is gone before it.
    const connectors = relays.map(({ choice: { sender }, inputs }) => {
      const dependsOn = [survey, ...[fences.get(sender) ?? []].flat()];
      const options = { ...ofSender(sender), dependsOn };
      return new InboundConnector(`${name}-${sender}-connector`, inputs, options);
    });
    const settings = new Map<string, MethodSettings>([
      ...relays.map(({ choice, maySendAs, inputs }) => {
        const host = hostOf(choice, domains);
        return [choice.sender, describeConnector(choice, inputs.name, host, maySendAs)] as const;
      }),
      ...directSending.map(
        (choice) => [choice.sender, describeDirectSend(choice, hostOf(choice, domains))] as const,
      ),
      ...elsewhere.map(({ sender, ...choice }) => [sender, choice] as const),
      ...[...submitters, ...accounts].map(({ sender, settings }) => [sender, settings] as const),
    ]);
    this.senders = Object.fromEntries(
      args.senders.flatMap((sender) => {
        const ofMethod = settings.get(sender.name);
        if (ofMethod === undefined) return [];
        const { name, members = [] } = sender;
        return [
          [name, describeSender(sender, ofMethod)],
          ...members.map((member) => [member.name, { from: member.from, via: name, ...ofMethod }]),
        ];
      }),
    );
    this.secrets = Object.fromEntries(
      [...submitters, ...accounts].flatMap(({ sender, secret }) =>
        secret === undefined ? [] : [[sender, secret]],
      ),
    );
    this.dns = Object.fromEntries(
      [...domains].map(([name, { mxHost, dns, domain }]) => [
        name,
        describeDomain(mxHost, dns, domain),
      ]),
    );
    const parts = [
      ...fences.values(),
      ...connectors,
      ...[...domains.values()].map(({ dns }) => dns),
      ...submitters,
      ...accounts,
    ];
    this.pending = pulumi
      .all(parts.flatMap(({ pending }) => pending))
      .apply((sentences) => sentences.filter((sentence) => sentence !== ""));
    // Without values, here and in its parts: the stack's outputs hold them, and each would make every write of a state longer.
    this.registerOutputs();
  }
}

/** What Pulumi protects: everything but what is about to be removed, unless the stack may be torn down. */
function protectedNames({ disposable, senders, domains }: SmtpRelayArgs): RelayNames {
  const keptOf = (all: readonly { readonly name: string; readonly retire: boolean }[]) =>
    all.filter(({ retire }) => !disposable && !retire).map(({ name }) => name);
  return { senders: keptOf(senders), domains: keptOf(domains) };
}

function connectorInputs(
  { tenantId, environment }: SmtpRelayArgs,
  owner: string,
  choice: ConnectorChoice,
  all: readonly ConnectorChoice[],
) {
  const adopted = all.flatMap((other) => other.adopt ?? []);
  return {
    tenantId,
    environment,
    ...declareConnector(choice, { owner, name: pulumi.getStack() }),
    ...(adopted.length > 0 && { adopted }),
  };
}

function fenceInputs(
  { tenantId, environment }: SmtpRelayArgs,
  owner: string,
  choice: ConnectorChoice,
) {
  const declared = declareFence(choice, { owner, name: pulumi.getStack() });
  return declared && { tenantId, environment, ...declared };
}

/** Any of a tenant's MX hosts relays; the one of the sender's own domain is what its administrator expects. */
function hostOf(
  { domains: [first = ""] }: Pick<ConnectorChoice, "domains">,
  domains: ReadonlyMap<string, { readonly mxHost: pulumi.Output<string> }>,
): pulumi.Output<string> {
  const domain = domains.get(first);
  if (domain === undefined) throw new Error(`domain "${first}" is not among the relay's domains`);
  return domain.mxHost;
}
