import { ownerOfSender, senderOfOwner } from "../mail/ownership.ts";
import type { Problem } from "../mail/problem.ts";
import type { RelayNames } from "../mail/retire.ts";
import type { DeclaredCredentials } from "../mail/senders/movedCredentials.ts";
import type { Summaries } from "../mail/senders/summary.ts";
import type { Tenant } from "../tenant/connection.ts";
import type { SurveyedDomain } from "./dns/zoneProblems.ts";
import type { SurveyedHveAccount } from "./exchange/hveProblems.ts";
import type { InboundConnectorInputs } from "./exchange/inboundConnectorForm.ts";
import type { SurveyedMailbox } from "./exchange/mailboxProblems.ts";
import type { Identity } from "./exchange/named.ts";
import type { TransportRuleInputs } from "./exchange/transportRule.ts";

/** What a stack wants of tenant and zones. */
export interface Surveyed extends Surroundings {
  readonly domains: readonly SurveyedDomain[];
  readonly connectors: readonly InboundConnectorInputs[];
  readonly mailboxes: readonly SurveyedMailbox[];
  readonly fences?: readonly TransportRuleInputs[];
  readonly accounts?: readonly SurveyedHveAccount[];
  /** What an `up` without it would fail to remove. */
  readonly protected?: RelayNames;
}

interface Surroundings extends Tenant {
  /** `project/stack` */
  readonly owner: string;
  /** The names that the stack had before, which what it has made may still bear. */
  readonly formerOwners?: readonly string[];
  /** What each sender may do, for the reader of a preview. */
  readonly senders: Summaries;
  /** What all senders send to other organisations, in recipients a day; left out where it is near no tenant's limit. */
  readonly externalRecipientsPerDay?: number;
  /** Those that use direct send; left out where none does. */
  readonly directSend?: Readonly<Record<string, true>>;
  /** The federated identities and certificates of senders; left out where none has any. */
  readonly credentials?: DeclaredCredentials;
  /** What is known to be wrong with the domains' zones already. */
  readonly zoneProblems?: readonly Problem[];
}

/**
 * The same as a preview shows it, where a change of one domain or sender shows itself alone: each is a property by its
 * name, and nothing is said twice. Lists would shift.
 */
export interface SurveyInputs extends Surroundings {
  readonly domains: ByName<
    Omit<SurveyedDomain, "domain" | "spfTerms"> & { readonly spfTerms: Terms }
  >;
  /** By sender. */
  readonly connectors: ByName<Omit<InboundConnectorInputs, keyof Identity | "adopted">>;
  /** By sender. */
  readonly mailboxes: ByName<Omit<SurveyedMailbox, "owner">>;
  /** By sender; left out where no sender has one. */
  readonly fences?: ByName<Omit<TransportRuleInputs, keyof Identity>>;
  /** By sender; left out where no sender has one. */
  readonly accounts?: ByName<Omit<SurveyedHveAccount, "owner">>;
}

/** Each term of a domain's SPF record. */
type Terms = Readonly<Record<string, true>>;

type ByName<T> = Readonly<Record<string, T & { readonly protected?: true }>>;

/** What a stack wants, as the survey's inputs. */
export function surveyInputs(surveyed: Surveyed): SurveyInputs {
  const {
    domains,
    connectors,
    mailboxes,
    fences = [],
    accounts = [],
    protected: kept,
    ...surroundings
  } = surveyed;
  const mark = (names: readonly string[] = [], name: string) =>
    names.includes(name) ? ({ protected: true } as const) : {};
  const ofSender = <T extends { readonly owner: string }>({ owner, ...rest }: T) => {
    const sender = senderOfOwner(owner);
    return [sender, { ...rest, ...mark(kept?.senders, sender) }] as const;
  };
  return {
    ...surroundings,
    domains: Object.fromEntries(
      domains.map(({ domain, spfTerms, ...rest }) => {
        const terms = Object.fromEntries(spfTerms.map((term) => [term, true as const]));
        return [domain, { ...rest, spfTerms: terms, ...mark(kept?.domains, domain) }];
      }),
    ),
    connectors: Object.fromEntries(
      connectors.map(({ tenantId: _, environment: __, adopted: ___, ...rest }) => ofSender(rest)),
    ),
    mailboxes: Object.fromEntries(mailboxes.map(ofSender)),
    ...(accounts.length > 0 && { accounts: Object.fromEntries(accounts.map(ofSender)) }),
    ...(fences.length > 0 && {
      fences: Object.fromEntries(
        fences.map(({ tenantId: _, environment: __, owner, ...rest }) => [
          senderOfOwner(owner),
          rest,
        ]),
      ),
    }),
  };
}

/** What the inputs of a survey say that the stack wants; nothing of a stack that had none. */
export function surveyedOf(inputs: SurveyInputs): Surveyed {
  const { domains, connectors, mailboxes, fences = {}, accounts = {}, ...surroundings } = inputs;
  const { tenantId, environment, owner } = inputs;
  const adopted = Object.values(connectors).flatMap(({ adopt, name }) => (adopt ? [name] : []));
  const namesOfProtected = (all: ByName<unknown>) =>
    Object.entries(all).flatMap(([name, one]) => (one.protected ? [name] : []));
  return {
    ...surroundings,
    domains: Object.entries(domains).map(([domain, { protected: _, spfTerms, ...rest }]) => ({
      domain,
      spfTerms: Object.keys(spfTerms),
      ...rest,
    })),
    connectors: Object.entries(connectors).map(([sender, { protected: _, ...rest }]) => ({
      ...{ tenantId, environment, owner: ownerOfSender(owner, sender) },
      ...rest,
      ...(adopted.length > 0 && { adopted }),
    })),
    mailboxes: Object.entries(mailboxes).map(([sender, { protected: _, ...rest }]) => ({
      owner: ownerOfSender(owner, sender),
      ...rest,
    })),
    accounts: Object.entries(accounts).map(([sender, { protected: _, ...rest }]) => ({
      owner: ownerOfSender(owner, sender),
      ...rest,
    })),
    fences: Object.entries(fences).map(([sender, { protected: _, ...rest }]) => ({
      ...{ tenantId, environment, owner: ownerOfSender(owner, sender) },
      ...rest,
    })),
    protected: {
      senders: [connectors, mailboxes, accounts].flatMap(namesOfProtected),
      domains: namesOfProtected(domains),
    },
  };
}
