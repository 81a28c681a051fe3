import { listed, quoted } from "../naming.ts";
import type { Problem } from "../problem.ts";
import { refusalsOf } from "./fit.ts";
import { nameOfWay, WAYS, type Way } from "./methods.ts";
import type { Refusal } from "./refusal.ts";
import type { Sender } from "./sender.ts";
import { keyFixes } from "./takes.ts";

/** How a sender sends, and why not by each other way. */
export interface MethodChoice extends Way {
  /** Whether the way fits; false where none does, and then the way is the one that its authentication stands for. */
  readonly fits: boolean;
  /** Ways that it can't send by, in the order of preference, with every reason. */
  readonly refused: readonly RefusedWay[];
  /** The first better way that it is able to use, and that does not carry what it sends; left out where it asks for a method. */
  readonly passedOver?: RefusedWay;
  /** Ways that it could send by too. */
  readonly alsoFits: readonly Way[];
}

export interface RefusedWay {
  readonly way: Way;
  readonly refusals: readonly Refusal[];
}

/** Of each sender: everybody who judges one asks for it. */
const chosen = new WeakMap<Sender, MethodChoice>();

/** Chooses the first way that fits a sender, or the first of the method that its stack file asks for. */
export function chooseMethod(sender: Sender): MethodChoice {
  const known = chosen.get(sender) ?? choose(sender);
  chosen.set(sender, known);
  return known;
}

function choose(sender: Sender): MethodChoice {
  const judged = WAYS.map((way) => ({ way, refusals: refusalsOf(sender, way) }));
  const fitting = judged.filter(({ refusals }) => refusals.length === 0).map(({ way }) => way);
  const best = fitting.find(({ method }) => (sender.method ?? method) === method);
  const better = judged.slice(
    0,
    judged.findIndex(({ way }) => way === best),
  );
  const passedOver = better.find(({ refusals }) => !refusals.some(({ lacking }) => lacking));
  return {
    ...(best ?? wayWithoutFit(sender)),
    fits: best !== undefined,
    ...(best && passedOver && sender.method === undefined && { passedOver }),
    refused: judged.filter(({ refusals }) => refusals.length > 0),
    alsoFits: fitting.filter((way) => way !== best),
  };
}

/** The way that a sender asks for or that its authentication stands for, whatever it sends. */
function wayWithoutFit({ method, authentication: can }: Sender): Way {
  if (method !== undefined && method !== "smtpAuth" && method !== "connector") return { method };
  if (can.includes("oauth")) return { method: "smtpAuth", by: "oauth" };
  if (can.includes("certificate")) return { method: "connector", by: "certificate" };
  if (can.includes("staticIp")) return { method: "connector", by: "staticIp" };
  if (can.includes("password")) return { method: "smtpAuth", by: "password" };
  return { method: "directSend" };
}

/** Why a way does not fit, in half a sentence: the first reason. */
export const doesNotFit = ({ way, refusals: [first] }: RefusedWay): string =>
  `${nameOfWay(way)} does not fit: ${first?.because}`;

/** The fix for what only a connector takes, of a sender that signs in; a connector may fit it too. */
export const orRelay = (sender: Sender, fix: string): string =>
  sender.method === undefined &&
  chooseMethod(sender).alsoFits.some(({ method }) => method === "connector")
    ? `set method to connector, or ${fix}`
    : fix;

/** Ways that a problem names, the closest first. */
const SHOWN = 3;

/** Ways out that a problem names. */
const FIXES = 4;

/** How much more an ability that a sender lacks counts than another reason. */
const LACKING = 100;

/** How far a sender is from a way: an ability or a server that it lacks counts for more than any number of other reasons. */
const distanceOf = (one: RefusedWay | undefined): number =>
  (one?.refusals ?? [])
    .map(({ lacking }) => (lacking ? LACKING : 1))
    .reduce((sum, weight) => sum + weight, 0);

/** What to change for a sender to send by a way. */
const fixesOf = (sender: Sender, { way, refusals }: RefusedWay): string[] => [
  ...refusals.map(({ fix }) => fix),
  ...keyFixes(sender, way),
];

/**
 * What to change for a sender to send at all, the smallest change first: what it sends, where it is able to use a way; else an
 * ability or a service that is all it lacks. What one way asks for and more is left out.
 *
 * @param closest ways that do not fit, the closest first
 */
function waysOut(sender: Sender, closest: readonly RefusedWay[]): string[] {
  const [first] = closest;
  const able = closest.filter((one) => distanceOf(one) <= distanceOf(first) + 1);
  if (first === undefined || distanceOf(first) >= LACKING) return kept(sender, closest.slice(0, 1));
  const wanting = closest.filter((one) => distanceOf(one) === LACKING && mayGet(sender, one));
  // Where a sender says that it sends outside, nobody has forgotten to say that it does not.
  const inside = able.filter(
    ({ refusals }) => (sender.external ?? 0) > 0 && reachesInside(refusals),
  );
  const ways = [...able.filter((one) => !inside.includes(one)), ...wanting];
  return kept(sender, ways.length === 0 ? inside : ways);
}

/** Each fix once, and none that asks for everything that another one asks for and more: the sender would get that one's way. */
function kept(sender: Sender, ways: readonly RefusedWay[]): string[] {
  const isMore = (one: RefusedWay, other: RefusedWay) =>
    other.refusals.every(({ fix }) => one.refusals.some((refusal) => covers(refusal.fix, fix)));
  return ways
    .filter((one, index) => !ways.slice(0, index).some((other) => isMore(one, other)))
    .slice(0, FIXES)
    .map((one) => fixesOf(sender, one).join(", and "));
}

/** Whether who follows one fix has followed another one: the same, or the same with a number that is not above its. */
function covers(one: string, other: string): boolean {
  const number = / to ([\d.]+) or less$/;
  const of = (fix: string) => Number(number.exec(fix)?.[1] ?? 0);
  return one.replace(number, "") === other.replace(number, "") && of(one) <= of(other);
}

const reachesInside = (refusals: readonly Refusal[]): boolean =>
  refusals.some(({ fact }) => fact === "directSendInside" || fact === "highVolumeInside");

/** Whether a sender may get what it lacks for a way: nobody gets a password anew, and one that can do nothing has its address alone. */
function mayGet({ authentication, environment }: Sender, { way }: RefusedWay): boolean {
  const { method, by } = way;
  if (method === "azureCommunicationServices") return environment === undefined;
  if (authentication.includes("none")) return by === "staticIp";
  return by === "oauth" || by === "certificate" || by === "staticIp";
}

/**
 * Says that no way fits a sender, or not the one that its stack file asks for.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function methodProblem(key: string, sender: Sender): Problem | undefined {
  const { fits, refused, alsoFits } = chooseMethod(sender);
  if (fits) return undefined;
  const { method, authentication } = sender;
  const closest = refused
    .filter(({ way }) => (method ?? way.method) === way.method)
    .toSorted((one, other) => distanceOf(one) - distanceOf(other))
    .filter((one, _, [first]) => method === undefined || distanceOf(one) === distanceOf(first));
  const reasons = closest
    .slice(0, SHOWN)
    .map(
      ({ way, refusals }) =>
        `${nameOfWay(way)}: ${refusals.map(({ because }) => because).join(", and ")}`,
    )
    .join("; ");
  const change = waysOut(sender, closest).join("; or ");
  const [other] = alsoFits;
  const instead =
    other === undefined
      ? ""
      : `, or ${["remove method", ...keyFixes(sender, other)].join(" and ")} to let it use ${nameOfWay(other)}`;
  const { members = [] } = sender;
  const behind = quoted(members.map(({ name }) => name));
  const together =
    members.length === 0 ? "" : `, with what is sent through it by ${listed(behind)},`;
  const rule =
    method === undefined
      ? `leaves the sender${together} no submission method (${reasons})`
      : `does not fit the sender${together.replace(/,$/, "")} (${reasons})`;
  const all = listed([`"${sender.name}"`, ...behind]);
  const whose =
    members.length === 0
      ? ""
      : `; what counts is what ${all} send together: change the entries that it comes from`;
  return {
    key: `${key}.${method === undefined ? "authentication" : "method"}`,
    value: method ?? authentication,
    rule,
    fix: `${change}${instead}${whose}`,
  };
}
