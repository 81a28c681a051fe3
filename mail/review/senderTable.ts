// The table "who may send as what".

import { code, codes, named, nameOrWords, plain, row } from "../markdownText.ts";
import { isMade, nameOfWay } from "../senders/methods.ts";
import type { SenderChange } from "./senderChanges.ts";
import type { SenderRights } from "./senderRights.ts";

export const SENDER_HEAD = ["Sender", "Its From", "May send as", "How", "Recognised by", "Limit"];

const METHODS: Readonly<Record<string, string>> = {
  connector: "relay through a connector",
  smtpAuth: "sign in as a mailbox",
  directSend: "direct send",
  highVolumeEmail: "sign in with an account of High Volume Email",
};

/** How a sender sends; what the stack does not set up, by its name. */
const methodCell = ({ method, via }: SenderRights): string => {
  const how = METHODS[method] ?? `${nameOfWay({ method })}, not set up by this stack`;
  return via === undefined ? how : `through ${code(via)}: ${how}`;
};

/** A sender as a row of the table, with the stacks where there are several. */
export function senderRow(change: SenderChange, stacks: readonly string[]): string {
  return row([
    ...(stacks.length > 0 ? [codes(stacks)] : []),
    nameCell(change),
    cell(change, ({ from }) => named(from)),
    cell(change, ({ maySendAs }) => maySendAs.map(nameOrWords).join(", ")),
    cell(change, methodCell),
    cell(change, knownBy),
    cell(change, limitCell),
  ]);
}

function nameCell({ sender, renamedFrom, before, after, mayDoMore }: SenderChange): string {
  if (before === undefined) return `${code(sender)} **(new)**`;
  if (after === undefined) return `${code(sender)} **(removed)**`;
  const name =
    renamedFrom === undefined ? code(sender) : `${code(renamedFrom)} → **${code(sender)}**`;
  return mayDoMore ? `${name} **(may do more)**` : name;
}

/** A property before and after, where it differs. */
function cell({ before, after }: SenderChange, show: (rights: SenderRights) => string): string {
  const [was, is] = [before, after].map((rights) => rights && show(rights));
  if (was === undefined || is === undefined || was === is) return (is ?? was) || "–";
  return `${was || "–"} → **${is || "–"}**`;
}

function limitCell(rights: SenderRights): string {
  const { recipientsPerDay: limit, via } = rights;
  if (via !== undefined) return `shared with ${code(via)}`;
  if (!isMade(rights.method)) return "";
  if (rights.method === "highVolumeEmail") return "none, to recipients inside";
  return limit === undefined ? "the tenant's" : `${limit} recipients a day`;
}

const knownBy = ({ knownBy: what, egress }: SenderRights): string =>
  egress.length > 0 ? codes(egress) : plain(what);
