// PowerShell as text: literals, assignments and commands, for scripts that an administrator reads.

/** What a command line may hold that is no literal: `$app.AppId`. */
export interface Expression {
  readonly expression: string;
}

export const expression = (text: string): Expression => ({ expression: text });

/** Parameters of a cmdlet, or entries of a hashtable: texts, numbers, truth values, null, lists, tables, expressions. */
export type Table = Readonly<Record<string, unknown>>;

/** The characters that PowerShell takes for a single quote. */
const SINGLE_QUOTES = /['\u2018\u2019\u201a\u201b]/g;

/**
 * A text as a string in single quotes, in which PowerShell expands nothing.
 *
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
export const quote = (text: string): string => `'${text.replace(SINGLE_QUOTES, "$&$&")}'`;

/** A text within the single quotes of an OData filter. */
export const odataText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** How long a line may be before a list or a comment takes several. */
const LONGEST = 100;

/** A value as PowerShell writes it: `@('a', 'b')`, `$true`, `@{ SkuId = $sku.SkuId }`. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return "$null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "$true" : "$false";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `@(${value.map(literal).join(", ")})`;
  if (isExpression(value)) return value.expression;
  const entries = Object.entries(value as object).map(([name, one]) => `${name} = ${literal(one)}`);
  return `@{ ${entries.join("; ")} }`;
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "expression" in value;

/** Lines that put a hashtable into a variable, for a command that takes it as `@name`. */
export const tableLines = (name: string, table: Table): string[] => [
  `$${name} = @{`,
  ...Object.entries(table).flatMap(([key, value]) => indented(entryLines(key, value))),
  "}",
];

function entryLines(key: string, value: unknown): string[] {
  const line = `${key} = ${literal(value)}`;
  if (!Array.isArray(value) || line.length <= LONGEST) return [line];
  return [`${key} = @(`, ...indented(value.map(literal)), ")"];
}

/**
 * A command in one line: `Set-User -Identity 'a@b.example' -Confirm:$false`. A truth value is bound with a colon, which
 * switches need.
 */
export const command = (cmdlet: string, parameters: Table): string =>
  [
    cmdlet,
    ...Object.entries(parameters).map(([name, value]) => {
      const between = typeof value === "boolean" ? ":" : " ";
      return `-${name}${between}${literal(value)}`;
    }),
  ].join(" ");

/** Lines four columns further in; a text with line breaks in it is one line, and keeps what it has after them. */
export const indented = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);

/** A comment, in lines that are no longer than others. */
export function comment(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(/\s+/)) {
    if (`${line} ${word}`.length > LONGEST && line !== "#") {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** Lines that run only if a condition holds. */
export const when = (condition: string, lines: readonly string[]): string[] => [
  `if (${condition}) {`,
  ...indented(lines),
  "}",
];

/** Lines whose failure the script tells and gets over. */
export const attempt = (line: string): string => `try { ${line} } catch { Write-Warning $_ }`;
