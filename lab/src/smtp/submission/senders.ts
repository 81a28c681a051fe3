import addressparser from "nodemailer/lib/addressparser";
import { maySendAs } from "../../exchange/submissionRights.ts";
import type { Mailbox } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { fieldName, type Message } from "../message.ts";
import type { SignedIn } from "./signIn.ts";

/** Every address of every From field, as it is written there. */
export function authorsOf(message: Message): string[] {
  return message.fields
    .filter((field) => fieldName(field) === "from")
    .map((field) => field.slice(field.indexOf(":") + 1).replaceAll(/\r\n(?=[ \t])/g, ""))
    .flatMap((value) => addressparser(value, { flatten: true }))
    .map(({ address }) => address);
}

/** The first of the senders that the session may not send as; undefined when there is none. */
export function findDenied(
  senders: string[],
  mailbox: Mailbox,
  { servicePrincipal }: SignedIn,
  world: World,
  at: Date,
): string | undefined {
  return senders.find((sender) => !maySendAs(world, mailbox, sender, at, servicePrincipal));
}

/** A text in which each of the mailbox's aliases is its primary address, as SendFromAliasEnabled is off. */
export function withoutAliases(text: string, { address, emailAddresses }: Mailbox): string {
  const aliases = emailAddresses
    .map((proxy) => proxy.slice("smtp:".length).toLowerCase())
    .filter((alias) => alias !== address);
  return aliases.reduce(
    (changed, alias) =>
      changed.replaceAll(new RegExp(`(?<![^\\s<,:])${quote(alias)}(?![\\w.-])`, "gi"), address),
    text,
  );
}

function quote(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
