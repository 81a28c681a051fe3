import type { Problem } from "../problem.ts";
import { mailboxAddressProblem } from "./mailbox.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Says that a value is no id of an object in Entra. */
export function directoryIdProblem(key: string, value: string): Problem | undefined {
  if (GUID.test(value)) return undefined;
  const fix = 'write the id as Entra shows it, e.g. "00000002-0000-0ff1-ce00-000000000000"';
  return { key, value, rule: "is not an id (GUID)", fix };
}

/** Says that a value names nobody who can be given a right: no mailbox and no enterprise application. */
export function trusteeProblem(key: string, value: string): Problem | undefined {
  if (GUID.test(value) || mailboxAddressProblem(key, value) === undefined) return undefined;
  return {
    key,
    value,
    rule: "is neither an address nor an id (GUID)",
    fix: "write the address of a mailbox or the object id of an enterprise application",
  };
}
