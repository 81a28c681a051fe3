import type { SenderOutput } from "../clients/settings.ts";
import { listed } from "../naming.ts";
import { chooseMailbox, signsIn } from "../senders/choose.ts";
import { chooseMethod } from "../senders/method.ts";
import { isMade, nameOfWay } from "../senders/methods.ts";
import type { Sender } from "../senders/sender.ts";
import type { Finding } from "./finding.ts";

/** What the last `up` says of how a sender sends. */
type Made = Pick<SenderOutput, "method" | "mailbox" | "via">;

/** Whether the last `up` made a sender in the way that the stack file declares it, so that one says what the other is. */
export const isAsMade = (sender: Sender, made: Made): boolean =>
  made.via === undefined && wayOf(made) === wayOf(declaredOf(sender));

const declaredOf = (sender: Sender): Made => ({
  method: chooseMethod(sender).method,
  ...(signsIn(sender) && { mailbox: chooseMailbox(sender).address }),
});

/** How a sender sends, for people. */
function wayOf({ method, mailbox, via }: Made): string {
  if (via !== undefined) return `sender "${via}"`;
  if (mailbox !== undefined) return `the mailbox ${mailbox.toLowerCase()}`;
  return method === "connector" ? "a connector" : nameOfWay({ method });
}

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
  made: ReadonlyMap<string, Made>,
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
  const declared = new Map(
    senders.flatMap((sender) => {
      const own = declaredOf(sender);
      const members = (sender.members ?? []).map(
        ({ name }) => [name, { ...own, via: sender.name }] as const,
      );
      return [[sender.name, own] as const, ...members];
    }),
  );
  const changed = [...declared].flatMap(([name, now]) => {
    const own = made.get(name);
    if (own === undefined || wayOf(own) === wayOf(now)) return [];
    return warning(
      `sender "${name}"`,
      `sends by ${wayOf(own)} since the last up, and by ${wayOf(now)} in the stack file`,
      "it is refused where it is configured as the stack file says, and nothing of it is looked at here",
      up,
    );
  });
  const missing = (these: ReadonlyMap<string, Made>, those: ReadonlyMap<string, Made>) =>
    [...these]
      .filter(([name, { method }]) => !those.has(name) && isMade(method))
      .map(([name]) => `sender "${name}"`);
  const findings = [
    ...changed,
    ...missing(declared, made).map(added),
    ...missing(made, declared).map(gone),
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

/** Says which senders are to be set up elsewhere, so that nothing here can be looked at; undefined where none is. */
export function setUpElsewhere(senders: readonly Sender[]): string | undefined {
  const elsewhere = senders
    .map((sender) => ({ name: sender.name, ...declaredOf(sender) }))
    .filter(({ method }) => !isMade(method));
  if (elsewhere.length === 0) return undefined;
  const ways = elsewhere.map(({ name, method }) => `${name} (${nameOfWay({ method })})`);
  return `the stack makes nothing for ${listed(ways)}, which you set up elsewhere`;
}
