import type { FoundSubmission, Left } from "../../mail/adopt/found.ts";
import { describeApp } from "../../mail/adopt/submissions.ts";
import { SMTP_MANAGEMENT_ROLE } from "../../mail/senders/access.ts";
import { rightOf } from "../../providers/exchange/adoptedApplication.ts";
import { findAll, findOne, text } from "../../providers/exchange/find.ts";
import type { Invoke } from "../../tenant/exchange.ts";

/** An app as Exchange knows it. */
export interface Principal {
  readonly appId: string;
  readonly objectId: string;
  readonly displayName: string;
}

/** A mailbox with SMTP AUTH on. */
export interface OpenMailbox {
  readonly address: string;
  /** Every text that a scope's filter may name it by, lower case. */
  readonly names: readonly string[];
  /** Whether SMTP AUTH is on by the mailbox's own switch. */
  readonly byItself: boolean;
}

/** An app that may submit mail as a mailbox. */
export interface Pair {
  readonly app: Principal;
  readonly mailbox: OpenMailbox;
  readonly by: FoundSubmission["by"];
}

/** The mailboxes that apps reach by the role, as far as its scopes name them one by one. */
export async function rolesOf(
  invoke: Invoke,
  principals: readonly Principal[],
  mailboxes: readonly OpenMailbox[],
  others: Left[],
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const app of principals) {
    const held = await findAll(invoke, "Get-ManagementRoleAssignment", {
      ...{ RoleAssignee: app.objectId, Role: SMTP_MANAGEMENT_ROLE },
    });
    for (const { Enabled, CustomResourceScope } of held) {
      if (Enabled !== true) continue;
      const scope = text(CustomResourceScope);
      const object = scope === "" ? undefined : await findOne(invoke, "Get-ManagementScope", scope);
      const names = object && namesIn(text(object.RecipientFilter));
      if (names === undefined) {
        others.push(wideRole(app, scope, text(object?.RecipientFilter)));
        continue;
      }
      for (const mailbox of mailboxes.filter((one) => one.names.some((name) => names.has(name)))) {
        const right = await rightOf(invoke, { ...app, mailbox: mailbox.address });
        if (right === "role") pairs.push({ app, mailbox, by: "role" });
      }
    }
  }
  return pairs;
}

/** The values of a filter that compares names of recipients with single values; undefined for any other. */
export function namesIn(filter: string): ReadonlySet<string> | undefined {
  const comparison =
    /\b(PrimarySmtpAddress|EmailAddresses|Guid|ExternalDirectoryObjectId)\s+-eq\s+'((?:[^']|'')*)'/gi;
  const rest = filter.replace(comparison, "").replace(/-or\b|[()\s]/gi, "");
  const values = [...filter.matchAll(comparison)].map(([, , value = ""]) =>
    value.replaceAll("''", "'").toLowerCase(),
  );
  return rest === "" && values.length > 0 ? new Set(values) : undefined;
}

const wideRole = (app: Principal, scope: string, filter: string): Left => ({
  what: describeApp(app),
  reason:
    scope === ""
      ? `holds the role "${SMTP_MANAGEMENT_ROLE}" for the whole organisation, so that it may send as every mailbox`
      : `holds the role "${SMTP_MANAGEMENT_ROLE}" over the scope "${scope}", which names its mailboxes by a rule and not one by one (${filter})`,
  todo: "leave it; or write a sender for each of its mailboxes yourself, with adoptMailbox: true and adoptApplication",
});
