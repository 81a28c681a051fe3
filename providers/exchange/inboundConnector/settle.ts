import type { Invoke } from "../../../tenant/exchange.ts";
import { isNotFound } from "../../../tenant/exchangeError.ts";
import { poll } from "../../host/waiting.ts";
import { type ConnectorForm, differences, fromExchange } from "./form.ts";

/** How long a write may take to show in a read, in milliseconds; a minute is far more than was ever seen. */
const SHOWS_WITHIN = 60_000;
/** How long to look again at a property that Exchange is known to keep its own way. */
const OWN_WAY_WITHIN = 3_000;

/**
 * Properties that Exchange may store otherwise than sent without that being a failure: `RequireTls` is documented
 * for Partner connectors only, and some offerings keep a new connector disabled until Support enables it.
 */
const OWN_WAY: readonly (keyof ConnectorForm)[] = ["requireTls", "enabled"];

/**
 * A connector as it is read, or undefined when Exchange says that there is none.
 *
 * @param identity its GUID or name
 * @throws ExchangeError; Error for an answer that holds no connector, or another one: that is not "none"
 */
export async function findConnector(
  invoke: Invoke,
  identity: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const [object] = (await invoke("Get-InboundConnector", { Identity: identity })).value;
    const [guid, name] = [object?.Guid, object?.Name].map((value) => String(value).toLowerCase());
    if (guid === identity.toLowerCase() || name === identity.toLowerCase()) return object;
    throw new Error(
      `Get-InboundConnector: Exchange answered ${object ? `with connector "${name}"` : "nothing"} when asked for "${identity}"; run it again`,
    );
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** How long an object that may or may not have been made is looked for, in milliseconds. */
const LOOKED_FOR = 15_000;

/** Looks for a connector that an earlier call may have made; undefined when it does not show in time. */
export function waitUntilShown(
  invoke: Invoke,
  identity: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  return poll(
    () => findConnector(invoke, identity),
    (object, waited) => object !== undefined || waited > LOOKED_FOR,
  );
}

/** What a write came to: the form that Exchange reads back, and where that is not what was sent. */
export interface Settled {
  readonly observed: ConnectorForm | undefined;
  readonly differs: readonly (keyof ConnectorForm)[];
  /** Where it differs and that is a failure. */
  readonly wrong: readonly (keyof ConnectorForm)[];
}

/**
 * Reads a connector until it is as it was written, or has had its time.
 *
 * @param form how to read it: with sender domains in their one writing, or as they stand
 */
export function settle(
  invoke: Invoke,
  identity: string,
  wanted: ConnectorForm,
  form: typeof fromExchange = fromExchange,
): Promise<Settled> {
  const look = async (): Promise<Settled> => {
    const object = await findConnector(invoke, identity);
    const observed = object && form(object);
    const differs = observed === undefined ? [] : differences(wanted, observed);
    return { observed, differs, wrong: differs.filter((key) => !OWN_WAY.includes(key)) };
  };
  return poll(look, ({ observed, differs, wrong }, waited) => {
    if (waited > SHOWS_WITHIN) return true;
    if (observed === undefined || wrong.length > 0) return false;
    return differs.length === 0 || waited > OWN_WAY_WITHIN;
  });
}

/** Reads until a removed connector is gone; false when it still shows after its time. */
export async function settleRemoved(invoke: Invoke, identity: string): Promise<boolean> {
  const last = await poll(
    () => findConnector(invoke, identity),
    (object, waited) => object === undefined || waited > SHOWS_WITHIN,
  );
  return last === undefined;
}
