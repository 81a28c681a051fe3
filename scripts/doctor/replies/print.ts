import type { Diagnoses, Diagnosis } from "../../../mail/replies/diagnose.ts";
import type { Cause } from "../../../mail/replies/row.ts";
import type { SenderExplanation } from "../../../mail/replies/senders.ts";

/** Characters of a reply that are repeated. */
const REPEATED = 300;

/** Explanations for people. */
export function describe({ diagnoses, untold }: Diagnoses, stack: string | undefined): string {
  const rest = untold > 0 ? [`${untold} more replies are not known.`] : [];
  return [...diagnoses.map((diagnosis) => describeOne(diagnosis, stack)), ...rest].join("\n\n");
}

function describeOne(diagnosis: Diagnosis, stack: string | undefined): string {
  const { reply, row, count, line, form, senders } = diagnosis;
  const codes = [reply.code, reply.enhanced].filter(Boolean).join(" ");
  const words = reply.text.length > REPEATED ? `${reply.text.slice(0, REPEATED)}…` : reply.text;
  const at = [reply.host && `by ${reply.host}`, reply.time && `at ${reply.time}`].filter(Boolean);
  const isAlone = ["log", "reply"].includes(form) && line === 1 && count === 1;
  const where = isAlone ? [] : [`${form}, line ${line}${count > 1 ? `, ${count} times` : ""}`];
  return [
    `${codes} ${words}`.trim(),
    ...[...(at.length > 0 ? [`said ${at.join(" ")}`] : []), ...where].map((text) => `  ${text}`),
    `  Class: ${classText(diagnosis)}`,
    `  Meaning: ${row?.meaning ?? "not known. Ask whoever runs the server that said it, with the whole reply"}`,
    ...(row === undefined ? [] : causesText(row.causes, senders, stack)),
    ...(row === undefined ? [] : [`  Source: ${row.source}`]),
  ].join("\n");
}

const LASTS: Readonly<Record<Diagnosis["lasts"], string>> = {
  permanent: "permanent, the same message will be refused again",
  temporary: "temporary, a mail server tries again by itself",
  success: "accepted, which says nothing of a later bounce",
  unknown: "not told, the reply has no code",
};

const classText = ({ lasts, subject }: Diagnosis): string =>
  subject === undefined ? LASTS[lasts] : `${LASTS[lasts]}; it is about ${subject} (RFC 3463)`;

function causesText(
  causes: readonly Cause[],
  senders: readonly SenderExplanation[],
  stack: string | undefined,
): string[] {
  if (causes.length === 0) return [];
  if (senders.length > 0) {
    return senders.flatMap(({ sender, method, causes: own }) => [
      `  Sender "${sender}" ${method}. Causes, the most likely first:`,
      ...own.flatMap(({ what, fix, declared }, index) =>
        causeText(index, declared === "" ? what : `${what} (${declared})`, fix),
      ),
    ]);
  }
  const none = stack === undefined ? [] : [`  No sender of stack "${stack}" sends in this way.`];
  const all = causes.flatMap(({ what, fix }, index) => causeText(index, what, fix));
  return [...none, "  Causes, the most likely first:", ...all];
}

const causeText = (index: number, what: string, fix: string): string[] => [
  `    ${index + 1}. ${what}.`,
  `       Do: ${fix}.`,
];

/** Explanations for a program: docs/reference/contract.md. */
export function toJson({ diagnoses, untold }: Diagnoses, isCut: boolean): string {
  const replies = diagnoses.map(({ row, reply, ...rest }) => ({
    ...{ code: reply.code ?? null, enhanced: reply.enhanced, text: reply.text },
    ...{ host: reply.host, time: reply.time, lasts: rest.lasts, subject: rest.subject ?? "" },
    ...{ count: rest.count, line: rest.line, form: rest.form, name: row?.name ?? "" },
    meaning: row?.meaning ?? "",
    causes: row?.causes.map(({ what, fix }) => ({ what, fix })) ?? [],
    senders: rest.senders,
    source: row?.source ?? "",
  }));
  return JSON.stringify({ isCut, untold, replies }, null, 2);
}
