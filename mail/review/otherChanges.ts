import { text } from "../drift/kinds.ts";
import type { Change, Statement } from "./effects.ts";
import { changedIn, ofKinds, type PlannedResource } from "./preview.ts";

/** A change of a sender that stays, in something that the table of senders does not show. */
export interface OtherChange extends Statement {
  /** In the headline, for one and for several: `secret renewed`, `secrets renewed`. */
  readonly short: readonly [one: string, several: string];
  /** Why to look at it, a clause; left out where there is nothing to weigh. */
  readonly risk?: string;
}

/** Changes of senders that stay, in their credentials, licences and apps. */
export function otherChanges({ preview, belongs, senders }: Change): OtherChange[] {
  const isNew = (sender: string) =>
    senders.some((one) => one.sender === sender && (one.before === undefined || one.renamedFrom));
  const isGone = (sender: string) =>
    senders.some((one) => (one.sender === sender && !one.after) || one.renamedFrom === sender);
  const ofSender = (kinds: readonly string[], isWanted: (resource: PlannedResource) => boolean) =>
    ofKinds(changedIn(preview), ...kinds)
      .filter(isWanted)
      .flatMap((resource) => {
        const owner = belongs(resource);
        const sender = owner !== undefined && "sender" in owner ? owner.sender : undefined;
        return sender === undefined || isNew(sender) || isGone(sender)
          ? []
          : [{ sender, resource }];
      });
  const arises = ({ operation }: PlannedResource) =>
    operation === "create" || operation === "replace";
  const ends = ({ operation }: PlannedResource) => operation === "delete";
  return [
    ...ofSender(["ApplicationPassword"], arises).map(({ sender }) => ({
      short: ["secret renewed", "secrets renewed"] as const,
      who: sender,
      text: "gets a new client secret",
    })),
    ...ofSender(["Password"], (resource) => !ends(resource)).map(({ sender }) => ({
      short: ["password renewed", "passwords renewed"] as const,
      who: sender,
      text: "gets a new password",
    })),
    ...licenses(
      ofKinds(changedIn(preview), "License").filter((one) => !isOfNew(one, belongs, isNew)),
    ),
    ...ofSender(["AppRoleAssignment"], arises).map(({ sender }) => ({
      short: ["app with wider access", "apps with wider access"] as const,
      who: sender,
      text: "its app gets SMTP.SendAsApp in Entra and full access to the mailbox, in place of a role that is limited to sending as it",
      risk: "with full access, whoever gets hold of the app's credential can also read the mailbox once the app has a permission for that",
    })),
    ...ofSender(["ManagementRoleAssignment"], arises).map(({ sender }) => ({
      short: ["app with another access", "apps with another access"] as const,
      who: sender,
      text: "its app gets a role that is limited to sending as its mailbox",
    })),
  ];
}

const isOfNew = (
  resource: PlannedResource,
  belongs: Change["belongs"],
  isNew: (sender: string) => unknown,
): boolean => {
  const owner = belongs(resource);
  return owner !== undefined && "sender" in owner && Boolean(isNew(owner.sender));
};

function licenses(changed: readonly PlannedResource[]): OtherChange[] {
  return changed.map(({ operation, name, before, after }) => {
    const sku = text((after ?? before)?.inputs.sku);
    const whose = name.replace(/^[^-]+-/, "").replace(/-license$/, "");
    const [takes, short] =
      operation === "delete"
        ? ["loses", ["licence taken back", "licences taken back"] as const]
        : ["gets", ["licence assigned", "licences assigned"] as const];
    return { short, who: whose, text: `its mailbox ${takes} the licence ${sku}` };
  });
}
