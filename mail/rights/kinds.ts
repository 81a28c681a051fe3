import type { SendingDomain } from "../dns/sendingDomain.ts";
import type { ApplicationAccess } from "../senders/access.ts";
import { chooseSubmission, type SubmitterChoice } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";
import { DIRECT_SEND_ROLES } from "./needs.ts";

/** What of a stack's configuration decides on rights. */
export interface Relay {
  readonly domains: readonly SendingDomain[];
  readonly senders: readonly Sender[];
  readonly applicationAccess: ApplicationAccess;
}

/** A kind of resource that the stack has, and for whom. */
export interface NeededKind {
  /** Name of a kind of ours, or type of a resource of the azuread plugin. */
  readonly kind: string;
  /** `sender erp`, `domain contoso.com`, `every stack` */
  readonly for: string;
}

/** What the survey reads for senders that the stack makes nothing for. */
export const surveyedAlone = ({ senders }: Pick<Relay, "senders">) =>
  chooseSubmission(senders).directSending.map(({ sender }) => ({
    ...{ kind: "Survey", for: `sender ${sender}` },
    needs: { roles: DIRECT_SEND_ROLES },
  }));

/** The kinds that a stack's configuration leads to and that need rights in the tenant. The program declares the same. */
export function kindsOf({ domains, senders, applicationAccess }: Relay): NeededKind[] {
  const { relaying, submitting, highVolume } = chooseSubmission(senders);
  const list = (who: string, kinds: readonly string[]) => kinds.map((kind) => ({ kind, for: who }));
  return [
    ...list("every stack", ["Survey"]),
    ...domains.flatMap(({ name, unmanaged }) =>
      list(`domain ${name}`, [
        "AcceptedDomain",
        ...(unmanaged.includes("dkim") ? [] : ["DkimSigningConfig", "DkimSigning"]),
      ]),
    ),
    ...relaying.flatMap(({ sender, fence }) =>
      list(`sender ${sender}`, ["InboundConnector", ...(fence ? ["TransportRule"] : [])]),
    ),
    ...highVolume.flatMap(({ sender }) =>
      list(`sender ${sender}`, ["HveAccount", "UserPassword", "AuthenticationPolicy"]),
    ),
    ...submitting.flatMap((choice) =>
      list(`sender ${choice.sender}`, kindsOfSubmitter(choice, applicationAccess)),
    ),
  ];
}

function kindsOfSubmitter(
  { mailbox, credential }: SubmitterChoice,
  access: ApplicationAccess,
): string[] {
  const { adopt, license, recipientsPerDay, sendAs } = mailbox;
  const isUser = credential.by === "password";
  return [
    ...(isUser ? ["azuread:index/user:User", "UserMailbox", "AuthenticationPolicy"] : []),
    ...(!isUser && adopt ? ["AdoptedMailbox", "SmtpClientAuthentication"] : []),
    ...(!(isUser || adopt) ? ["SharedMailbox"] : []),
    ...(isUser || license !== undefined ? ["License"] : []),
    ...(recipientsPerDay === undefined ? [] : ["OutboundLimit"]),
    ...(sendAs.length > 0 ? ["SendAs"] : []),
    ...(credential.by === "adoptedApp" ? ["AdoptedApplication"] : []),
    ...(credential.by === "password" || credential.by === "adoptedApp"
      ? []
      : kindsOfApp(credential.by, access)),
    "ClientSubmission",
  ];
}

const CREDENTIALS = {
  federatedIdentity:
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
  certificate: "azuread:index/applicationCertificate:ApplicationCertificate",
  secret: "azuread:index/applicationPassword:ApplicationPassword",
} as const;

const kindsOfApp = (by: keyof typeof CREDENTIALS, access: ApplicationAccess): string[] => [
  "azuread:index/application:Application",
  "azuread:index/servicePrincipal:ServicePrincipal",
  CREDENTIALS[by],
  "ExchangeServicePrincipal",
  ...(access === "rbac"
    ? ["ManagementScope", "ManagementRoleAssignment"]
    : ["azuread:index/appRoleAssignment:AppRoleAssignment", "MailboxPermission"]),
];
