import {
  attempt,
  command,
  comment,
  indented,
  literal,
  quote,
  type Table,
  tableLines,
  when,
} from "../powershell.ts";

/** A part of a script that stands for itself. */
export interface Section {
  readonly title: string;
  /** What it is for, a sentence or more; empty where its title says it. */
  readonly why: string;
  readonly lines: readonly string[];
  /** Delegated permissions on Microsoft Graph that its commands need; none where it has none of Graph's. */
  readonly scopes: readonly string[];
}

const RULE = `# ${"-".repeat(98)}`;

/** A section as lines of the script. */
export const sectionLines = ({ title, why, lines }: Section): string[] => [
  "",
  RULE,
  ...comment(title),
  RULE,
  ...(why === "" ? [] : [...comment(why), ""]),
  ...lines,
];

/** How a script says whose something is, in place of the mark of a stack that manages it. */
export const plainMark = (owner: string): string => `SMTP relay: ${owner}`;

/**
 * Lines that end the script unless a value is one of these.
 *
 * @param value as PowerShell has it
 */
export const demand = (value: string, wanted: readonly string[], refusal: string): string[] =>
  when(`${literal(wanted)} -notcontains ${value}`, [`throw ${quote(refusal)}`]);

/** The command, which gives nothing where there is no such object. */
export const look = (cmdlet: string, parameters: Table): string =>
  `(${command(cmdlet, parameters)} -ErrorAction SilentlyContinue)`;

/**
 * Lines that make an object of Exchange unless it is there.
 *
 * @param there what gives it, as `look` has it
 */
export const makeOnce = (there: string, cmdlet: string, parameters: Table): string[] => [
  ...tableLines("parameters", parameters),
  ...when(`-not ${there}`, [`${cmdlet} @parameters | Out-Null`]),
];

/** Lines that write settings without which a sender can do: a tenant may not have all of them. */
export const tryToSet = (cmdlet: string, parameters: Table): string[] => [
  ...tableLines("parameters", parameters),
  attempt(`${cmdlet} @parameters`),
];

/** Lines that set something in any case. */
export const set = (cmdlet: string, parameters: Table): string[] => [
  ...tableLines("parameters", parameters),
  `${cmdlet} @parameters`,
];

/** Lines that wait until a command gives something. */
export const waitFor = (there: string, said: string): string[] => [
  `while (-not ${there}) {`,
  ...indented([command("Write-Host", { Object: said }), "Start-Sleep -Seconds 15"]),
  "}",
];
