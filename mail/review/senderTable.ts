// The table "who may send as what".
import { code, codes, named, nameOrWords, plain, row } from "../markdownText.ts";
import type { SenderChange } from "./senderChanges.ts";
import type { SenderRights } from "./senderRights.ts";

export const SENDER_HEAD = ["Sender", "Its From", "May send as", "How", "Recognised by", "Limit"];

const METHODS = {
  connector: "relay through a connector",
  smtpAuth: "sign in as a mailbox",
} as const;

/** A sender as a row of the table, with the stacks where there are several. */
export function senderRow(change: SenderChange, stacks: readonly string[]): string {
  return row([
    ...(stacks.length > 0 ? [codes(stacks)] : []),
    nameCell(change),
    cell(change, ({ from }) => named(from)),
    cell(change, ({ maySendAs }) => maySendAs.map(nameOrWords).join(", ")),
    cell(change, ({ method }) => METHODS[method]),
    cell(change, knownBy),
    cell(change, ({ recipientsPerDay: limit }) =>
      limit === undefined ? "the tenant's" : `${limit} recipients a day`,
    ),
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

const knownBy = ({ knownBy: what, egress }: SenderRights): string =>
  egress.length > 0 ? codes(egress) : plain(what);
