import { text } from "../properties.ts";
import type { Change, OtherChange } from "./effects.ts";
import { senderIn } from "./names.ts";
import { changedIn, type Operation, ofKinds, type PlannedResource } from "./preview.ts";
import { settledSenders } from "./senderChanges.ts";
import { otherServices } from "./serviceChanges.ts";

/** Changes of senders that stay, in their credentials and apps; of mailboxes, in their licences; and of other services. */
export function otherChanges({ preview, belongs, senders }: Change): OtherChange[] {
  const isSettled = settledSenders(senders);
  const changed = changedIn(preview);
  const ofSender = (
    kind: string,
    operations: readonly Operation[],
    words: Omit<OtherChange, "who">,
  ): OtherChange[] =>
    ofKinds(changed, kind).flatMap((resource) => {
      const who = senderIn(belongs(resource));
      return operations.includes(resource.operation) && who !== undefined && isSettled(who)
        ? [{ who, ...words }]
        : [];
    });
  return [
    ...ofSender("ApplicationPassword", ["create", "replace"], {
      short: ["secret renewed", "secrets renewed"],
      text: "a new client secret, beside the present one",
    }),
    ...ofSender("ApplicationCertificate", ["update", "replace"], {
      short: ["sign-in certificate replaced", "sign-in certificates replaced"],
      text: "another sign-in certificate",
      risk: "whoever has the key of the new sign-in certificate may sign in",
    }),
    ...ofSender("ApplicationCertificate", ["create"], {
      short: ["sign-in certificate added", "sign-in certificates added"],
      text: "a further sign-in certificate",
      risk: "whoever has the key of the new sign-in certificate may sign in",
    }),
    ...ofSender("Password", ["update", "replace"], {
      short: ["password renewed", "passwords renewed"],
      text: "a new password",
    }),
    ...ofKinds(changed, "License").map(license),
    ...otherServices(preview),
    ...ofSender("AppRoleAssignment", ["create"], {
      short: ["app with wider access", "apps with wider access"],
      text: "SMTP.SendAsApp in Entra and full access to the mailbox for the app, in place of a role that is limited to sending as the mailbox",
      risk: "with full access, whoever gets hold of the app's credential can also read the mailbox once the app has a permission for that",
    }),
    ...ofSender("ManagementRoleAssignment", ["create"], {
      short: ["app with changed access", "apps with changed access"],
      text: "a role for the app that is limited to sending as the mailbox",
    }),
  ];
}

function license({ operation, name, before, after }: PlannedResource): OtherChange {
  const sku = text((after ?? before)?.inputs.sku);
  const who = name.replace(/^[^-]+-/, "").replace(/-license$/, "");
  return operation === "delete"
    ? {
        who,
        short: ["licence taken back", "licences taken back"],
        text: `the licence ${sku} is taken from the mailbox`,
      }
    : {
        who,
        short: ["licence assigned", "licences assigned"],
        text: `the mailbox uses a licence ${sku}`,
      };
}
