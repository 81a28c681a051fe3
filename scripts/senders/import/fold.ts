import type { Problem } from "../../../mail/problem.ts";
import { LOAD_KEYS } from "../../../mail/senders/load.ts";
import type { Sender } from "../../../mail/senders/sender.ts";
import { withMembers } from "../../../mail/senders/via.ts";

/** A row of a table as an entry of a stack file. */
export interface Entry {
  /** The keys that the row gives, as a stack file has them. */
  readonly written: Readonly<Record<string, unknown>>;
  /** The same in canonical form. */
  readonly sender: Sender;
  /** The rows that it is made of. */
  readonly rows: readonly { readonly line: number; readonly sender: Sender }[];
}

// Of several rows, the keys of a load are put together; every other key but their own has to be the same in all.
const OWN: readonly (keyof Sender)[] = ["name", "description", "from"];

/**
 * Puts rows together whose mail leaves from the same addresses, as printers behind one router: Exchange can't tell them
 * apart, so they are one sender, with the addresses and the sums of all. Rows with a `via`, and those that prove who they
 * are, stay as they are.
 *
 * @param placeOf where a key of a row stands, for messages
 */
export function foldRows(
  rows: readonly Entry[],
  placeOf: (line: number, key: string) => string,
): { readonly entries: readonly Entry[]; readonly problems: readonly Problem[] } {
  const groups = [...Map.groupBy(rows, (row) => addressesOf(row.sender) ?? row).values()];
  const stems = groups.map((group) => (group.length > 1 ? stemOf(group) : undefined));
  const taken = groups.flatMap((group, index) => stems[index] ?? group[0]?.sender.name ?? []);
  const problems = groups.flatMap((group) => differences(group, placeOf));
  const entries = groups.map((group, index) => {
    const stem = stems[index];
    const isFree = taken.filter((name) => name === stem).length === 1;
    return together(group, isFree ? stem : undefined);
  });
  return { entries, problems };
}

/** What Exchange knows a sender by, where it knows it by addresses alone. */
export function addressesOf({ via, egress, authentication }: Sender): string | undefined {
  const [only, ...others] = authentication;
  if (via !== undefined || egress.length === 0 || others.length > 0) return undefined;
  return only === "staticIp" || only === "none"
    ? `${only} ${egress.toSorted().join(" ")}`
    : undefined;
}

/** The words that all names begin with: `delft-printer` of `delft-printer-01` and `delft-printer-02`. */
function stemOf(group: readonly Entry[]): string | undefined {
  const names = group.map(({ sender }) => sender.name);
  const [first = ""] = names;
  const length = [...first].findIndex((character, at) =>
    names.some((name) => name[at] !== character),
  );
  const common = first.slice(0, length < 0 ? first.length : length).replace(/\d+$/, "");
  const isCut =
    /[a-z]$/.test(common) && names.some((name) => /[a-z]/.test(name[common.length] ?? ""));
  const stem = (isCut ? common.replace(/[^-]*$/, "") : common).replace(/-+$/, "");
  return stem.length < 3 ? undefined : stem;
}

function together(group: readonly Entry[], stem: string | undefined): Entry {
  const [first, ...others] = group;
  if (first === undefined) throw new Error("a group has a row");
  if (others.length === 0) return first;
  const { name } = first.sender;
  const members = others.map(({ sender }) => ({ ...sender, via: name }));
  const [{ members: _, purposeOf: __, recipientsPerDayOfAll, ...sums } = first.sender] =
    withMembers([first.sender, ...members]);
  // Exchange holds a connector to no number of recipients, so the sum is no limit.
  const front: Sender = {
    ...sums,
    ...(recipientsPerDayOfAll === undefined ? {} : { recipientsPerDay: recipientsPerDayOfAll }),
  };
  const isGiven = (key: string) => group.some(({ written }) => Object.hasOwn(written, key));
  const isCounted = isGiven("recipientsPerDay") || isGiven("recipientsPerMessage");
  const numbers = Object.fromEntries(
    LOAD_KEYS.filter((key) => (key === "recipientsPerDay" ? isCounted : isGiven(key)))
      .filter((key) => front[key] !== undefined)
      .map((key) => [key, front[key]]),
  );
  const descriptions = new Set(group.map(({ sender }) => sender.description));
  const [common] = descriptions.size === 1 ? descriptions : [];
  const count = `${group.length} senders behind one address`;
  const own = {
    name: stem ?? name,
    description: common === undefined ? count : `${common} (${count})`,
    from: front.from,
  };
  const same = Object.entries(first.written).filter(
    ([key]) => !LOAD_KEYS.includes(key as keyof Sender) && !OWN.includes(key as keyof Sender),
  );
  return {
    written: { ...own, ...Object.fromEntries(same), ...numbers },
    sender: { ...front, ...own },
    rows: group.flatMap(({ rows }) => rows),
  };
}

/** Says what rows differ in that can only be the same for all who send from one address. */
function differences(
  [first, ...others]: readonly Entry[],
  placeOf: (line: number, key: string) => string,
): Problem[] {
  if (first === undefined) return [];
  return others.flatMap(({ written, sender, rows: [row] }) =>
    [...new Set([...Object.keys(first.written), ...Object.keys(written)])]
      .filter((key) => ![...LOAD_KEYS, ...OWN].includes(key as keyof Sender))
      .filter((key) => !isSame(sender, first.sender, key))
      .map((key) => ({
        key: placeOf(row?.line ?? 0, key),
        value: written[key],
        rule: `is not what line ${first.rows[0]?.line} has (${JSON.stringify(first.written[key]) ?? "nothing"}), and Exchange can't tell the two apart: both connect from ${sender.egress.join(", ")}`,
        fix: "give both rows the same value",
      })),
  );
}

/** Whether a key has the same value in two senders; the order of a list does not matter. */
export function isSame(one: Sender, other: Sender, key: string): boolean {
  const text = (sender: Sender): string => {
    const value: unknown = sender[key as keyof Sender];
    return JSON.stringify(Array.isArray(value) ? value.toSorted() : value) ?? "";
  };
  return text(one) === text(other);
}
