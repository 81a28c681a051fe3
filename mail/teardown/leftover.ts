import { ownerOf, recordOwner } from "../ownership.ts";
import { relayName } from "../senders/names.ts";
import { type Found, inOrder, TITLES } from "./found.ts";

// What a stack may have left in a tenant and its zones, whatever its state says. An object is known by our mark; one that has
// no room for a mark is known by its name alone.

/** Whose objects are looked for. */
export interface Claimant {
  /** `project/stack` */
  readonly owner: string;
  /** The stack's name. */
  readonly stack: string;
  /** Names of its senders, as far as stack file and state have them. */
  readonly senders: readonly string[];
}

/** Something that is the stack's, and how to remove it. */
export interface Leftover extends Found {
  /** `connector "relay-prod-erp"` */
  readonly title: string;
  /** How it is known, a clause: `its Comment names m365-smtp-relay/prod/erp`. */
  readonly because: string;
  /** Whether our mark is on it. */
  readonly isMarked: boolean;
  /** Whether it is called as what a sender of this stack has. */
  readonly isNamed: boolean;
}

/**
 * Those of the objects that are the stack's. A mark decides. Without one the name does, unless a mark that was found anywhere
 * says that another stack has an object of this name.
 *
 * @param found objects of the tenant and the zones, of this stack and of others
 */
export function leftoversIn(found: readonly Found[], claimant: Claimant): Leftover[] {
  const owners = found.flatMap(({ mark }) => ownerIn(mark) ?? []);
  const others = new Set(owners.filter((owner) => !isOf(owner, claimant)).map(nameFor));
  const claimed = found.flatMap((one) => claim(one, claimant, others) ?? []);
  const mailboxes = new Map(claimed.flatMap((one) => (one.account ? [[one.account, one]] : [])));
  const known = new Set(claimed.map(({ kind, id }) => `${kind} ${id}`));
  const accounts = found.flatMap((one) => {
    const mailbox = /user$/i.test(one.kind) ? mailboxes.get(one.id) : undefined;
    if (mailbox === undefined || known.has(`${one.kind} ${one.id}`)) return [];
    const because = `it is the account of ${mailbox.title}`;
    return [{ ...one, title: titleOf(one), because, isMarked: mailbox.isMarked, isNamed: false }];
  });
  return inOrder(withoutDependants([...claimed, ...accounts], mailboxes));
}

/** The object as the stack's; undefined where it is not. */
function claim(one: Found, claimant: Claimant, others: ReadonlySet<string>): Leftover | undefined {
  const title = titleOf(one);
  const { because } = one;
  if (because !== undefined) return { ...one, title, because, isMarked: false, isNamed: true };
  const marked = ownerIn(one.mark);
  if (marked !== undefined) {
    if (!isOf(marked, claimant)) return undefined;
    return { ...one, title, because: `its mark names ${marked}`, isMarked: true, isNamed: false };
  }
  const name = one.names.find((text) => hasName(text, claimant) && !others.has(lower(text)));
  if (name === undefined) return undefined;
  const isNamed = claimant.senders.some(
    (sender) => lower(relayName(claimant.stack, sender)) === lower(name),
  );
  const beginning = namesBeginWith(claimant.stack);
  const named = isNamed
    ? "its name is that of a sender of this stack"
    : `its name begins with ${beginning}, and no sender of this stack is called so: look whose it is before you remove it`;
  return { ...one, title, because: named, isMarked: false, isNamed };
}

const titleOf = ({ kind, name }: Found): string => `${TITLES[kind]} ${name}`;

/** Without what goes with another one: the service principal with its app, the account with its mailbox. */
const withoutDependants = (
  left: readonly Leftover[],
  mailboxes: ReadonlyMap<string, Leftover>,
): Leftover[] => {
  const known = new Set(left.map(({ kind, id }) => `${kind} ${id}`));
  return left.filter(({ kind, id, goesWith }) => {
    if (kind === "user" && ["mailbox", "hveAccount"].includes(mailboxes.get(id)?.kind ?? "")) {
      return false;
    }
    return goesWith === undefined || !known.has(goesWith);
  });
};

/** The owner that a text marks, in Exchange, in Entra's notes or in a comment at Cloudflare. */
const ownerIn = (text: string): string | undefined => ownerOf(text) ?? recordOwner(text);

const isOf = (owner: string, { owner: own }: Claimant): boolean =>
  owner === own || owner.startsWith(`${own}/`);

/** The name of what an owner `project/stack/sender` has. */
function nameFor(owner: string): string {
  const [, stack = "", sender = ""] = owner.split("/");
  return lower(relayName(stack, sender));
}

/** The beginning of every name that the stack gives. */
export const namesBeginWith = (stack: string): string => relayName(stack, "");

const hasName = (text: string, { stack }: Claimant): boolean =>
  lower(text).startsWith(lower(namesBeginWith(stack)));

const lower = (text: string): string => text.toLowerCase();
