import type { CmdletResult, Invoke } from "../../tenant/exchange.ts";
import { isNotFound } from "../../tenant/exchangeError.ts";
import { poll } from "../host/waiting.ts";

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
  const [object] = await findAll(invoke, cmdlet, { Identity: identity });
  const values = names
    .flatMap((name) => object?.[name] ?? [])
    .map(String)
    .filter((value) => value !== "");
  if (object === undefined || values.length === 0) return undefined;
  const known = values.map((value) => value.replace(/^smtp:/i, "").toLowerCase());
  if (known.includes(identity.toLowerCase())) return object;
  throw new Error(
    `${cmdlet}: Exchange answered with "${text(object.Name) || values[0]}" when asked for "${identity}"; run it again`,
  );
}

/**
 * The mail user that an account of High Volume Email is.
 *
 * @param names properties of which one has to hold the identity
 */
export const findMailUser = (
  invoke: Invoke,
  identity: string,
  names: readonly string[] = HAS_ADDRESS,
): Promise<ExchangeObject | undefined> =>
  findOne(
    (cmdlet, parameters) => invoke(cmdlet, { ...parameters, HVEAccount: true }),
    ...(["Get-MailUser", identity, names] as const),
  );

/**
 * Asks for every object that a cmdlet gives; none where Exchange says that what it was asked about is not there.
 *
 * @throws ExchangeError
 */
export async function findAll(
  invoke: Invoke,
  cmdlet: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<readonly ExchangeObject[]> {
  try {
    return (await invoke(cmdlet, parameters)).value;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** How long Exchange's servers may take until all of them know a new object, in milliseconds. */
export const FOUND_WITHIN = 60_000;

/** Looks for something in Exchange until it shows; undefined when it does not in time. */
export const untilFound = <T>(find: () => Promise<T | undefined>): Promise<T | undefined> =>
  poll(
    () => orNotYet(find),
    (found, waited) => found !== undefined || waited > FOUND_WITHIN,
  );

/** A property as text; empty when it is not set. */
export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** An object that one cmdlet returns and another does not (yet): it is neither whole nor absent. */
export class PartlyShown extends Error {
  override readonly name = "PartlyShown";

  constructor(what: string, by: string, missing: string) {
    super(
      `Exchange returns ${what} from ${by} and not from ${missing}; run it again in a few minutes`,
    );
  }
}

/** What a look finds; nothing where it finds a part alone. */
export async function orNotYet<T>(find: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof PartlyShown) return undefined;
    throw error;
  }
}
