import { KINDS, UNKNOWN } from "../drift/kinds.ts";
import type { Properties } from "../properties.ts";
import { KEPT_DAYS } from "./found.ts";

/** What a teardown does to what a stack manages, a line each. */
export interface Plan {
  /** What is removed. */
  readonly goes: readonly string[];
  /** What was there before the stack, and is put back as it was. */
  readonly putBack: readonly string[];
  /** What was there before the stack, and stays as it is. */
  readonly stays: readonly string[];
  /** What Entra and Exchange keep of what is removed, and what nobody removes, a sentence each. */
  readonly kept: readonly string[];
}

/** A resource of a stack's state. */
interface Managed {
  readonly kind: string;
  readonly name: string;
  readonly outputs: Properties;
}

/** Kinds that a stack only looks at, or that go with another one. */
const SILENT: ReadonlySet<string> = new Set([
  "AcceptedDomain",
  "ClientSubmission",
  "Password",
  "Survey",
  "UserPassword",
  "ServicePrincipal",
  "ApplicationCertificate",
  "ApplicationFederatedIdentityCredential",
  "ApplicationPassword",
  "AppRoleAssignment",
]);

/**
 * What a teardown does, by a stack's state.
 *
 * @param external domains whose DNS is not at Cloudflare
 * @param purge whether what Entra and Exchange keep is deleted for good
 */
export function planOf(
  resources: readonly Managed[],
  { external, purge }: { readonly external: readonly string[]; readonly purge: boolean },
): Plan {
  const told = resources.filter(({ kind }) => !SILENT.has(kind));
  const those = (fate: Fate) => told.filter((resource) => fateOf(resource) === fate).map(subjectOf);
  const has = (...kinds: string[]) => resources.some(({ kind }) => kinds.includes(kind));
  const lasting = purge
    ? "they are deleted for good (--purge)"
    : `they can be restored for ${KEPT_DAYS} days; --purge deletes them for good`;
  return {
    goes: those("goes"),
    putBack: those("is put back"),
    stays: those("stays"),
    kept: [
      ...(has("Application")
        ? [`Entra keeps the apps and their service principals as deleted items: ${lasting}`]
        : []),
      ...(has("SharedMailbox", "User")
        ? [
            `Exchange keeps the mailboxes with the mail in them, and Entra their users, as deleted items: ${lasting}`,
          ]
        : []),
      ...(has("DkimSigningConfig")
        ? [
            "Exchange may keep a domain's DKIM configuration, switched off, where it does not let it be removed",
          ]
        : []),
      ...external.map(
        (domain) =>
          `the DNS records of ${domain} are not at Cloudflare: keep what npm run dns lists now, and remove these records by hand`,
      ),
      "the apps that npm run bootstrap made stay: npm run bootstrap -- --remove takes them back",
    ],
  };
}

type Fate = "goes" | "is put back" | "stays";

/** What becomes of a resource when it is deleted; see the kinds in providers/. */
function fateOf({ kind, outputs }: Managed): Fate {
  const { before, original, preexisting, recordId } = outputs;
  if (preexisting === true || /^Adopted/.test(kind)) return "stays";
  if (kind === "DnsRecord" && recordId === "") return "stays";
  const isChanged = kind === "SpfRecord" || kind === "DmarcRecord";
  if (isChanged) return original === null || original === undefined ? "goes" : "is put back";
  if (kind === "SmtpClientAuthentication") return "is put back";
  if (kind === "InboundConnector" && typeof before === "object" && before !== null) {
    return "is put back";
  }
  return "goes";
}

const subjectOf = ({ kind, name, outputs }: Managed): string =>
  (KINDS[kind] ?? UNKNOWN).subject(outputs, { kind, name });
