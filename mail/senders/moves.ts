import type { Problem } from "../problem.ts";
import { afterRetiring } from "../retire.ts";

/** `user`: the mailbox of a user, for a sender with a password. `shared`: the mailbox of any other sender. */
export type MailboxKind = "shared" | "user";

/** The mailbox that a sender is to have. */
export interface SenderMailbox {
  readonly sender: string;
  readonly address: string;
  readonly kind: MailboxKind;
}

/** What a sender of the stack has at an address. `account`: one of High Volume Email, which has no mailbox. */
export type HolderKind = MailboxKind | "account";

/** A mailbox or account of the stack, with the sender that it belongs to so far. */
export interface MailboxHolder {
  readonly sender: string;
  readonly kind: HolderKind;
}

/** A mailbox, and the one of the same stack that has its address, or its name. */
export interface Move {
  readonly wanted: SenderMailbox;
  readonly holder: MailboxHolder;
}

const NOUN = {
  shared: "shared mailbox",
  user: "user",
  account: "account of High Volume Email",
} as const;
const ANEW = {
  shared: "with an empty mailbox",
  user: "with an empty mailbox",
  account: "with another password",
} as const;
const keyOf = (sender: string) => `mailbox of ${sender}: address`;

/**
 * Says which mailboxes can't have their addresses in one run, and the runs in which they can. Pulumi creates what is new
 * before it deletes what is gone, and two changes of existing resources in no order. A shared mailbox whose sender is
 * gone needs no other run: it becomes the new sender's.
 *
 * @param stack every mailbox that the stack is to have
 * @param kept the senders that were protected in the last run
 */
export function moveProblems(
  moves: readonly Move[],
  stack: readonly SenderMailbox[],
  kept: readonly string[] = [],
): Problem[] {
  const wantedBy = new Map(stack.map((one) => [one.sender, one]));
  const isOther = ({ wanted, holder }: Move) => wanted.sender !== holder.sender;
  const moving = moves.filter(
    (move) => isOther(move) && wantedBy.has(move.holder.sender) && move.holder.kind !== "account",
  );
  const going = moves.filter((move) => !moving.includes(move));
  const isShared = ({ holder }: Move) => holder.kind === "shared";
  return [
    ...going
      .filter((move) => move.wanted.kind !== move.holder.kind || (isOther(move) && !isShared(move)))
      .map((move) => deletedFirst(keyOf(move.wanted.sender), move, kept)),
    ...moving.filter((move) => !isShared(move)).map(keptAsAlias),
    ...inOrder(moving, wantedBy, kept),
  ];
}

const keptAsAlias = ({ wanted: { sender, address }, holder }: Move): Problem => ({
  key: keyOf(sender),
  value: address,
  rule: `is the address of the user of sender "${holder.sender}", who keeps it as an alias`,
  fix: "choose another address",
});

/**
 * Says that an account of High Volume Email can't have its address or name in this run, as another sender of the stack, or the
 * sender itself by another way, has it.
 *
 * @param kept the senders that were protected in the last run
 */
export const accountMoveProblem = (
  { sender, address }: { readonly sender: string; readonly address: string },
  holder: MailboxHolder,
  kept: readonly string[],
): Problem => {
  const wanted = { sender, address, kind: "account" } as const;
  return deletedFirst(`account of ${sender}: address`, { wanted, holder }, kept);
};

const deletedFirst = (
  key: string,
  {
    wanted: { sender, address, kind },
    holder,
  }: {
    readonly wanted: MailboxHolder & { readonly address: string };
    readonly holder: MailboxHolder;
  },
  kept: readonly string[],
): Problem => ({
  key,
  value: address,
  rule: `is to be the address of ${kind === "account" ? "an" : "a"} ${NOUN[kind]}, but the ${NOUN[holder.kind]} of sender "${holder.sender}" has to go first`,
  fix: afterRetiring(
    `give it another name and another address; or remove "${sender}" from the stack file and run pulumi up, then add it again ${ANEW[kind]} and run pulumi up`,
    [...new Set([sender, holder.sender])],
    kept,
  ),
});

/** Problems of mailboxes whose address another sender's has that moves too: one for each chain and each circle. */
function inOrder(
  all: readonly Move[],
  wantedBy: ReadonlyMap<string, SenderMailbox>,
  kept: readonly string[],
): Problem[] {
  const moves = all.filter(({ holder }) => holder.kind === "shared");
  /** Those whose address stays with a user. */
  const refused = all.filter((one) => !moves.includes(one)).map(({ wanted }) => wanted.sender);
  const holderOf = new Map(moves.map(({ wanted, holder }) => [wanted.sender, holder.sender]));
  const nextAfter = new Map([...holderOf].map(([sender, holder]) => [holder, sender]));
  const done = new Set<string>();
  return moves.flatMap(({ wanted }) => {
    if (done.has(wanted.sender)) return [];
    let first = holderOf.get(wanted.sender) ?? "";
    while (first !== wanted.sender && holderOf.has(first)) first = holderOf.get(first) ?? "";
    const isCircle = first === wanted.sender;
    const order = [first];
    for (let next = nextAfter.get(first); next && next !== first; next = nextAfter.get(next)) {
      order.push(next);
    }
    for (const sender of order) done.add(sender);
    const free = "an address that no mailbox has";
    const step = (sender: string, to = wantedBy.get(sender)?.address) =>
      `"${sender}" to ${refused.includes(sender) ? free : to}`;
    const [, ...others] = order;
    const steps = isCircle
      ? [step(first, free), ...[...others, first].map((one) => step(one))]
      : order.map((one) => step(one));
    const last = order.at(-1) ?? first;
    return [
      {
        key: keyOf(last),
        value: wantedBy.get(last)?.address,
        rule: `is the address of sender "${holderOf.get(last)}" until an up has moved that one`,
        fix: afterRetiring(
          `make one change at a time, with pulumi up after each: ${steps.join(", then ")}`,
          order,
          kept,
        ),
      },
    ];
  });
}

/**
 * Says that another sender's mailbox can't be taken over as it is: its mark is gone, or names the stack as it was called
 * before. An `up` that leaves that sender alone writes the mark.
 */
export const unmarkedProblem = (address: string, sender: string): Problem => ({
  key: "address",
  value: address,
  rule: `is the mailbox of sender "${sender}", and is not marked as this stack's`,
  fix: `keep the name and address of "${sender}" and run pulumi up --refresh, which marks it, then make this change`,
});

/** What a sender sends as beside its own address. */
interface SendsAs {
  readonly sender: string;
  readonly sendAs: readonly string[];
}

/**
 * Says which senders would lose an address that they send as, as the sender whose mailbox it is goes or moves. A user
 * that moves keeps the address as an alias.
 *
 * @param before the mailboxes of the last run
 */
export function lostAddressProblems(
  before: readonly SenderMailbox[],
  now: readonly (SenderMailbox & SendsAs)[],
): Problem[] {
  const lost = before.filter(
    ({ sender, address, kind }) =>
      !now.some((one) => one.address === address) &&
      !(kind === "user" && now.some((one) => one.sender === sender && one.kind === "user")),
  );
  return now.flatMap(({ sender, sendAs }) =>
    lost
      .filter(({ address }) => sendAs.includes(address))
      .map(({ address, sender: other }) => ({
        key: `mailbox of ${sender}: from`,
        value: address,
        rule: `is the address of sender "${other}", which loses it in this run`,
        fix: "remove the address, or let that sender keep it",
      })),
  );
}
