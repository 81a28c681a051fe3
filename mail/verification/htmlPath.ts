import { badge, classOf, sign, table } from "./htmlParts.ts";
import { type Markup, markup } from "./markup.ts";
import { worstOf } from "./outcome.ts";
import { ROLE_NAMES, type Stage } from "./path.ts";
import type { PathHop } from "./pathHop.ts";
import { delayText, durationOf, durationText, encryptionText } from "./pathText.ts";
import { shown, shownTime } from "./shown.ts";

/** The way of a message, drawn: from left to right, on a narrow screen from top to bottom; then each hop of it. */
export function pathMarkup(stages: readonly Stage[], title: string): Markup {
  const seconds = durationOf(stages);
  const duration =
    seconds === undefined
      ? ""
      : markup`<p class="total">Time on the way: ${durationText(seconds)}.</p>`;
  return markup`<ol class="path" aria-label="The path of ${title}">
${stages.map((stage, index) => stageMarkup(stage, stages[index + 1]))}</ol>
${duration}
${hopsTable(stages, title)}`;
}

function stageMarkup({ role, host, notes, judged }: Stage, next: Stage | undefined): Markup {
  const outcome = worstOf(judged);
  const name = host === "" ? markup`` : markup`<p class="host">${shown(host, 120)}</p>`;
  return markup`<li class="stage ${outcome === undefined ? "unjudged" : classOf(outcome)}">
<span class="node" aria-hidden="true">${sign(outcome)}</span>
<div class="what"><p class="role">${ROLE_NAMES[role]}</p>
${outcome === undefined ? markup`` : badge(outcome)}
${name}
${notes.map((note) => markup`<p class="note">${shown(note, 200)}</p>`)}</div>
${next === undefined ? markup`` : edgeMarkup(next)}
</li>
`;
}

const LINES = { TLS: "tls", "clear text": "clear", "not stated": "untold" } as const;

/** The line to the next stage: solid with TLS, dashed without, dotted where nobody tells or the message did not get. */
function edgeMarkup({ role, hops: [hop], isReached }: Stage): Markup {
  if (!isReached && (role === "folder" || hop !== undefined)) {
    const what = role === "folder" ? "not seen there" : "not accepted";
    return markup`<p class="edge lost"><span>${what}</span></p>`;
  }
  if (role === "folder") return markup`<p class="edge tls"><span>put into</span></p>`;
  if (hop === undefined) return markup`<p class="edge untold"><span>not stated</span></p>`;
  const { encryption } = hop;
  const text = encryptionText({ ...encryption, cipher: undefined });
  const said = [
    text,
    ...(hop.delay === undefined && hop.skew === undefined ? [] : [delayText(hop)]),
  ];
  const pool = hop.pool === undefined ? [] : [hop.pool];
  return markup`<p class="edge ${LINES[encryption.kind]}">${[...said, ...pool].map((one) => markup`<span>${shown(one, 60)}</span> `)}</p>`;
}

const HOP_COLUMNS = [
  { head: "Host", name: "by" },
  { head: "Time", name: "time" },
  { head: "After", name: "delay" },
  { head: "Encryption", name: "encryption" },
  { head: "Stated by", name: "told" },
];

function hopsTable(stages: readonly Stage[], title: string): Markup {
  const rows = stages.flatMap(({ role, hops }) =>
    hops.map((hop) => hopCells(ROLE_NAMES[role], hop)),
  );
  if (rows.length === 0) return markup``;
  return markup`<h3>Hops</h3>
${table(markup`Hops of ${title}`, HOP_COLUMNS, rows)}`;
}

function hopCells(stage: string, hop: PathHop): Markup[] {
  const { host, from, at, skew, encryption, pool, toldBy } = hop;
  const by = markup`<b>${shown(host, 120) || "not stated"}</b> <span class="note">${stage}${from === "" ? "" : `, from ${shown(from, 160)}`}</span>`;
  const delay =
    skew === undefined ? markup`${delayText(hop)}` : markup`<strong>${delayText(hop)}</strong>`;
  const kind = markup`<span class="line ${LINES[encryption.kind]}">${shown(encryptionText(encryption), 120)}</span>`;
  return [
    by,
    markup`${at === undefined ? "not stated" : shownTime(at)}`,
    delay,
    pool === undefined ? kind : markup`${kind} <span class="note">${pool}</span>`,
    markup`${toldBy}`,
  ];
}
