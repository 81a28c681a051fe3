import type { CmdletResult, Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";

/** An object as a cmdlet gives it. */
export type ExchangeObject = CmdletResult["value"][number];

/** Properties of a mailbox or recipient that hold its addresses. */
export const HAS_ADDRESS = ["PrimarySmtpAddress", "EmailAddresses"];

/**
 * Asks for one object.
 *
 * @param names properties of which one has to hold the identity, in any letter case and without `smtp:`
 * @returns undefined when there is none: Exchange says "not found", or gives nothing that has one of these properties
 * @throws ExchangeError; Error for an answer that holds another object: that is not "none"
 * @see https://github.com/microsoft/Microsoft365DSC/issues/6982 (an absent object without an error)
 */
export async function findOne(
  invoke: Invoke,
  cmdlet: string,
  identity: string,
  names: readonly string[] = ["Guid", "Name"],
): Promise<ExchangeObject | undefined> {
  try {
    const [object] = (await invoke(cmdlet, { Identity: identity })).value;
    const values = names.flatMap((name) => object?.[name] ?? []).map((value) => String(value));
    if (object === undefined || values.length === 0) return undefined;
    const known = values.map((value) => value.replace(/^smtp:/i, "").toLowerCase());
    if (known.includes(identity.toLowerCase())) return object;
    throw new Error(
      `${cmdlet}: Exchange answered with "${text(object.Name) || values[0]}" when asked for "${identity}"; run it again`,
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** A property as text; empty when it is not set. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");
