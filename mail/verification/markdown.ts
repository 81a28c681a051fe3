import { WAYS } from "../clients/settings.ts";
import { type Part, withinLength } from "../markdownParts.ts";
import { block, code, list, plain, table } from "../markdownText.ts";
import { markup } from "./markup.ts";
import {
  CHECK_NAMES,
  checkNames,
  countedOutcomes,
  notApplyingLines,
  openOf,
  outcomeOf,
  titleOf,
  untriedLines,
  WORDS,
} from "./outcome.ts";
import { pathOf, ROLE_NAMES, type Stage } from "./path.ts";
import type { PathHop } from "./pathHop.ts";
import { delayText, durationOf, durationText, encryptionText } from "./pathText.ts";
import { arrivedReading } from "./readArrival.ts";
import { shown, shownTime } from "./shown.ts";
import type { Judged, Verification, VerificationReport } from "./verification.ts";

const WHY = "this text can't be longer; the page that --html writes has all of it";

/**
 * Writes a report for a pull request or a ticket, without the raw headers. Where it would get longer than `longest`, the
 * folded parts are cut first, and it is said.
 *
 * @param longest in UTF-16 code units
 */
export function toMarkdown(
  { stack, at, verifications }: VerificationReport,
  longest: number,
): string {
  const outcomes = verifications.map(({ judged }) => outcomeOf(judged));
  const open = [
    `## Test messages of stack ${value(stack)}`,
    `${timeOf(at)}: ${countedOutcomes(outcomes)}.`,
    table(["Message", "How it was sent", "Result", "To fix"], verifications.map(summaryRow)),
    ...verifications.map(section),
  ];
  const parts = verifications.flatMap(foldedParts);
  return withinLength({ head: `${open.join("\n\n")}\n`, parts, longest, why: WHY });
}

/** A value of somebody else's, as code. */
const value = (text: string, longest?: number): string => code(shown(text, longest));

/** A sentence that may have such values in it. */
const said = (text: string): string => plain(shown(text, 1000));

const timeOf = (at: string): string => plain(shownTime(at));

const isPassed = ({ outcome }: Judged): boolean => outcome === "pass";

function summaryRow(verification: Verification): string[] {
  const { way, judged } = verification;
  const failed = judged.filter(({ outcome }) => outcome === "fail");
  const mend = failed.map((one) => `${CHECK_NAMES[one.check]}${resourceOf(one)}`);
  return [
    value(titleOf(verification)),
    WAYS[way],
    `**${WORDS[outcomeOf(judged)]}**`,
    mend.join(", "),
  ];
}

const resourceOf = (judged: Judged): string =>
  judged.outcome === "fail" && judged.resource !== undefined ? ` (${value(judged.resource)})` : "";

function section(verification: Verification): string {
  const { judged, message } = verification;
  const wrong = openOf(judged).map((group) => {
    const [one] = group;
    return `**${WORDS[one.outcome]}** ${checkNames(group)}${resourceOf(one)}: ${said(one.reason)}. Fix: ${said(one.fix)}.`;
  });
  const path = pathOf(verification, arrivedReading(verification.arrival));
  const seconds = durationOf(path);
  return [
    `### ${value(titleOf(verification))}: ${WORDS[outcomeOf(judged)]}`,
    ...(message === undefined ? [] : untriedLines(message).map(said)),
    ...(wrong.length === 0 ? [] : [list(wrong)]),
    ...notApplyingLines(judged).map(said),
    table(["Stage", "Host", "Time", "After", "Encryption"], path.flatMap(stageRows)),
    ...(seconds === undefined ? [] : [`Time on the way: ${durationText(seconds)}.`]),
  ].join("\n\n");
}

function stageRows({ role, host, notes, hops }: Stage): string[][] {
  const name = ROLE_NAMES[role];
  if (hops.length === 0) {
    const where = [...(host === "" ? [] : [value(host)]), ...notes.map(said)];
    return [[name, where.join("; "), "", "", ""]];
  }
  return hops.map((hop, index) => [index === 0 ? name : "", ...hopCells(hop)]);
}

function hopCells(hop: PathHop): string[] {
  const time = hop.at === undefined ? "not stated" : timeOf(hop.at);
  const encryption = said(encryptionText(hop.encryption));
  const pool = hop.pool === undefined ? "" : ` (${hop.pool})`;
  return [`${value(hop.host)}${pool}`, time, delayText(hop), encryption];
}

function foldedParts(verification: Verification): Part[] {
  const { judged, handover, trace } = verification;
  // A summary is HTML.
  const name = markup`${shown(titleOf(verification))}`.text;
  const dialogue = (handover?.dialogue ?? []).map(
    ({ by, ms, text }) =>
      `${String(ms).padStart(6)} ms  ${by === "client" ? "C:" : "S:"} ${shown(text, 500)}`,
  );
  const events = trace.outcome === "traced" ? trace.events : [];
  const checks = ["Check", "Verdict", "What was read"];
  const rows = judged.map((one) => [
    CHECK_NAMES[one.check],
    WORDS[one.outcome],
    value(one.read, 500),
  ]);
  const traced = events.map(({ at, event, detail }) => [timeOf(at), said(event), said(detail)]);
  return [
    {
      summary: `All verdicts of ${name}: ${judged.filter(isPassed).length} of ${judged.length} passed`,
      count: rows.length,
      show: (count) => table(checks, rows.slice(0, count)),
    },
    {
      summary: `Dialogue of ${name}`,
      count: dialogue.length,
      show: (count) => block("", dialogue.slice(0, count)),
    },
    {
      summary: `Message trace of ${name}`,
      count: traced.length,
      show: (count) => table(["Time", "Event", "Detail"], traced.slice(0, count)),
    },
  ];
}
