import { createHash } from "node:crypto";
import { WAYS } from "../clients/settings.ts";
import { evidenceMarkup } from "./htmlEvidence.ts";
import { badge, table } from "./htmlParts.ts";
import { pathMarkup } from "./htmlPath.ts";
import { STYLE } from "./htmlStyle.ts";
import { Markup, markup } from "./markup.ts";
import {
  CHECK_NAMES,
  checkNames,
  countedOutcomes,
  notApplyingLines,
  type Open,
  openOf,
  outcomeOf,
  titleOf,
  untriedLines,
  worstOf,
} from "./outcome.ts";
import { pathOf } from "./path.ts";
import { arrivedReading } from "./readArrival.ts";
import { shown, shownTime } from "./shown.ts";
import type { Judged, Verification, VerificationReport } from "./verification.ts";

/** The page's style is the one thing that it may use; it runs nothing and loads nothing. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** Writes a report as one page for people, with all that the verdicts rest on. */
export function toHtml({ stack, at, verifications }: VerificationReport): string {
  const title = `Test messages of stack ${shown(stack)}`;
  const outcomes = verifications.map(({ judged }) => outcomeOf(judged));
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${badge(worstOf(outcomes.map((outcome) => ({ outcome }))) ?? "unknown")} ${countedOutcomes(outcomes)}.</p>
<p class="note">Written ${shownTime(at)} by <code>npm run verify</code>. It contains people's addresses and mail headers: share it only with those who may see them.</p>
</header>
<main>
<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
${summary(verifications)}</section>
${verifications.map(message)}</main>
<footer><p class="note">${new Markup("A solid line means TLS, a dashed line clear text, a dotted line that no header says which. UNKNOWN does not count as passed.")}</p></footer>
</body>
</html>
`.text;
}

const anchor = (index: number): string => `message-${index + 1}`;

function summary(verifications: readonly Verification[]): Markup {
  const columns = [
    { head: "Message", name: "sender" },
    { head: "Result", name: "result" },
    { head: "Sent", name: "way" },
    { head: "To fix", name: "mend" },
  ];
  const rows = verifications.map((one, index) => [
    markup`<a href="#${anchor(index)}">${shown(titleOf(one))}</a>`,
    badge(outcomeOf(one.judged)),
    markup`${WAYS[one.way]}`,
    toMend(one.judged),
  ]);
  return table(markup`Each message and its result`, columns, rows);
}

function toMend(judged: readonly Judged[]): Markup {
  const failed = judged.filter(({ outcome }) => outcome === "fail");
  const unknown = judged.filter(({ outcome }) => outcome === "unknown");
  const named = failed.map((one) => markup`<div>${CHECK_NAMES[one.check]}${resourceOf(one)}</div>`);
  const open = unknown.map(({ check }) => CHECK_NAMES[check]).join(", ");
  const look = open === "" ? markup`` : markup`<div class="note">Unknown: ${open}</div>`;
  return named.length === 0 && open === "" ? markup`nothing` : markup`${named}${look}`;
}

const resourceOf = (one: Judged): Markup =>
  one.outcome === "fail" && one.resource !== undefined
    ? markup` <code>${shown(one.resource)}</code>`
    : markup``;

function message(verification: Verification, index: number): Markup {
  const { judged, message: sent } = verification;
  const notes = [...(sent === undefined ? [] : untriedLines(sent)), ...notApplyingLines(judged)];
  const title = shown(titleOf(verification));
  const id = anchor(index);
  const open = openOf(judged);
  const mend =
    open.length === 0
      ? markup``
      : markup`<h3>What to fix</h3>
<ul class="todo">
${open.map(mendItem)}</ul>
`;
  return markup`<article class="message" aria-labelledby="${id}">
<h2 id="${id}">${title} ${badge(outcomeOf(judged))}</h2>
${notes.map((line) => markup`<p class="note">${shown(line, 1000)}</p>\n`)}${mend}<h3>Path</h3>
${pathMarkup(pathOf(verification, arrivedReading(verification.arrival)), title)}
<h3>Verdicts</h3>
${verdicts(judged, title)}
<h3>Evidence</h3>
${evidenceMarkup(verification, title)}
</article>
`;
}

function mendItem(group: readonly [Open, ...Open[]]): Markup {
  const [one] = group;
  return markup`<li class="${one.outcome}"><p>${badge(one.outcome)} <b>${checkNames(group)}</b>${resourceOf(one)}</p>
<p class="reason">${shown(one.reason, 1000)}</p>
<p><b>Fix:</b> ${shown(one.fix, 1000)}</p></li>
`;
}

function verdicts(judged: readonly Judged[], title: string): Markup {
  if (judged.length === 0) return markup`<p>Nothing was judged.</p>`;
  const columns = [
    { head: "Check", name: "check" },
    { head: "Verdict", name: "result" },
    { head: "What was read", name: "text" },
  ];
  const rows = judged.map((one) => [
    markup`${CHECK_NAMES[one.check]}`,
    badge(one.outcome),
    markup`${shown(one.read, 1000) || "nothing"}`,
  ]);
  return table(markup`Verdicts of ${title}`, columns, rows);
}
