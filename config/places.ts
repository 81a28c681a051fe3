import { isCredential } from "../mail/credentialText.ts";
import type { Problem } from "../mail/problem.ts";

/** An entry of a list, and what follows it: `m365-smtp-relay:senders[0].from[1]`. */
const ENTRY = /^([^[]+)\[(\d+)\](\..+)$/;

/**
 * Names a sender or domain by its name where a problem is in one of its other keys, as nobody counts entries of a
 * list: `senders["erp"].from[1]`. An entry keeps its number while its name is missing, not unique or not fit to print.
 *
 * @param input the stack file's values, by full key
 */
export function atName(problem: Problem, input: Readonly<Record<string, unknown>>): Problem {
  const [, list = "", index = "", rest = ""] = ENTRY.exec(problem.key) ?? [];
  const entries = input[list];
  if (!Array.isArray(entries) || rest === ".name") return problem;
  const names = entries.map((entry: unknown) => Object(entry).name as unknown);
  const name = names[Number(index)];
  const isFit = typeof name === "string" && /^[\w.-]{1,64}$/.test(name) && !isCredential(name);
  if (!isFit || names.filter((other) => other === name).length > 1) return problem;
  return { ...problem, key: `${list}["${name}"]${rest}` };
}
