import { type FieldRun, type MarkedField, markedFields, TRUST_NAMES } from "./headerMarks.ts";
import { table } from "./htmlParts.ts";
import { type Markup, markup } from "./markup.ts";
import { arrivedReading } from "./readArrival.ts";
import { shown, shownTime } from "./shown.ts";
import type { Line, Verification } from "./verification.ts";

/** The most lines of a dialogue, and events of a trace, that are shown. */
const MOST = 300;

/** What the verdicts rest on: the dialogue, the trace, the headers. */
export function evidenceMarkup(verification: Verification, title: string): Markup {
  return markup`${dialogueMarkup(verification, title)}
${traceMarkup(verification, title)}
${headersMarkup(verification)}`;
}

const opened = (summary: string, body: Markup): Markup =>
  markup`<details open><summary>${summary}</summary>
${body}
</details>`;

/** Folded on a screen; printed all the same. */
const folded = (summary: string, body: Markup): Markup =>
  markup`<details><summary>${summary}</summary>
${body}
</details>`;

function cut<T>(all: readonly T[], what: string): { kept: readonly T[]; note: Markup } {
  const left = all.length - MOST;
  const note = left > 0 ? markup`<p class="note">${left} more ${what} are left out.</p>` : markup``;
  return { kept: all.slice(0, MOST), note };
}

function dialogueMarkup({ handover }: Verification, title: string): Markup {
  if (handover === undefined) return markup``;
  const { kept, note } = cut(handover.dialogue, "lines");
  const columns = [
    { head: "After", name: "ms" },
    { head: "Who", name: "who" },
    { head: "Line", name: "text" },
  ];
  const row = ({ ms, by, text }: Line) => [
    markup`${ms} ms`,
    markup`${by}`,
    markup`<code>${shown(text, 1000)}</code>`,
  ];
  const reply = markup`<p>${handover.outcome}, started ${shownTime(handover.at)}: <code>${shown(handover.reply, 1000)}</code></p>`;
  return opened(
    "Dialogue with the server",
    markup`${reply}
${kept.length === 0 ? markup`` : table(markup`Dialogue of ${title}`, columns, kept.map(row), "lines")}${note}`,
  );
}

function traceMarkup({ trace }: Verification, title: string): Markup {
  if (trace.outcome === "not traced") {
    return opened("Message trace", markup`<p>Not traced: ${shown(trace.why, 1000)}.</p>`);
  }
  const { kept, note } = cut(trace.events, "events");
  const columns = [
    { head: "Time", name: "time" },
    { head: "Event", name: "event" },
    { head: "Detail", name: "text" },
  ];
  const rows = kept.map(({ at, event, detail }) => [
    markup`${shownTime(at)}`,
    markup`${shown(event, 100)}`,
    markup`${shown(detail, 1000)}`,
  ]);
  return opened(
    "Message trace",
    markup`<p>Exchange says: <strong>${shown(trace.status, 100)}</strong></p>
${rows.length === 0 ? markup`` : table(markup`Message trace of ${title}`, columns, rows)}${note}`,
  );
}

function headersMarkup({ arrival }: Verification): Markup {
  const reading = arrivedReading(arrival);
  if (reading === undefined) return markup``;
  const { runs, left } = markedFields(reading);
  const note = left > 0 ? markup`<p class="note">${left} more fields are left out.</p>` : markup``;
  return folded(
    `Raw headers: ${reading.fields.length} fields, with the decisive parts marked`,
    markup`<p class="note">The marked parts decide the verdicts on authentication and attribution.</p>
${runs.map(runMarkup)}${note}`,
  );
}

const TRUST_CLASSES = {
  receiver: "trusted",
  border: "border",
  believed: "believed",
  "not trusted": "untrusted",
  "no border": "untrusted",
} as const;

const runMarkup = ({ trust, fields }: FieldRun): Markup =>
  markup`<section class="fields ${TRUST_CLASSES[trust]}"><h4>${TRUST_NAMES[trust]}</h4>
${fields.map(fieldMarkup)}</section>
`;

function fieldMarkup({ name, parts }: MarkedField): Markup {
  const value = parts.map(({ text, isMarked }) => {
    const readable = shown(text, text.length);
    return isMarked ? markup`<mark>${readable}</mark>` : markup`${readable}`;
  });
  return markup`<p class="field"><b>${shown(name, 100)}:</b> ${value}</p>
`;
}
