import type { SenderOutput } from "../clients/settings.ts";
import { chooseMailbox, signsIn } from "../senders/choose.ts";
import type { Sender } from "../senders/sender.ts";
import type { Finding } from "./finding.ts";

/** Whether the last `up` made a sender in the way that the stack file declares it, so that one says what the other is. */
export const isAsMade = (sender: Sender, made: Pick<SenderOutput, "mailbox">): boolean =>
  (signsIn(sender) ? chooseMailbox(sender).address : undefined) === made.mailbox?.toLowerCase();

/** Names that the stack file has, and those that the last `up` left. */
interface Names {
  readonly declared: readonly string[];
  readonly made: readonly string[];
}

/**
 * Judges whether the stack file is ahead of the last `up`. Nothing of what is only declared, or no longer, is looked at elsewhere.
 *
 * @param stack its name
 */
export function judgeLastUp(
  stack: string,
  senders: readonly Sender[],
  made: ReadonlyMap<string, Pick<SenderOutput, "mailbox">>,
  domains: Names,
): Finding[] {
  const up = `run npm run pulumi -- up --stack ${stack}`;
  const warning = (resource: string, what: string, why: string, fix: string): Finding => ({
    ...{ severity: "warning", what: `${resource} ${what}`, why, fix, resource },
  });
  const added = (resource: string): Finding =>
    warning(
      resource,
      "is in the stack file, and the last up has not made it",
      "Exchange and DNS do not know it: mail of such a sender is refused, and that of such a domain is not signed",
      up,
    );
  const gone = (resource: string): Finding =>
    warning(
      resource,
      "was made by the last up, and is no longer in the stack file",
      "it works until the next up removes it, and nothing of it is looked at here",
      `write it into the stack file again; or remove it: with retire: true first unless the stack is disposable, then ${up}`,
    );
  const names = senders.map(({ name }) => name);
  const changed = senders.flatMap((sender) => {
    const own = made.get(sender.name);
    if (own === undefined || isAsMade(sender, own)) return [];
    const wayOf = (mailbox: string | undefined) =>
      mailbox === undefined ? "a connector" : `the mailbox ${mailbox}`;
    const now = signsIn(sender) ? chooseMailbox(sender).address : undefined;
    return warning(
      `sender "${sender.name}"`,
      `sends by ${wayOf(own.mailbox)} since the last up, and by ${wayOf(now)} in the stack file`,
      "it is refused where it is configured as the stack file says, and nothing of it is looked at here",
      up,
    );
  });
  const findings = [
    ...changed,
    ...names.filter((name) => !made.has(name)).map((name) => added(`sender "${name}"`)),
    ...[...made.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => gone(`sender "${name}"`)),
    ...domains.declared
      .filter((name) => !domains.made.includes(name))
      .map((name) => added(`domain ${name}`)),
    ...domains.made
      .filter((name) => !domains.declared.includes(name))
      .map((name) => gone(`domain ${name}`)),
  ];
  if (findings.length > 0) return findings;
  return [{ severity: "ok", what: "the last up has made every sender and domain of it" }];
}
