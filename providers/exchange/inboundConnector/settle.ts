import { setTimeout as sleep } from "node:timers/promises";
import type { Invoke } from "../../../tenant/exchange.ts";
import { isNotFound } from "../../../tenant/exchangeError.ts";
import { type ConnectorForm, differences, fromExchange } from "./form.ts";

/** How long a write may take to show in a read, in milliseconds; a minute is far more than was ever seen. */
const SHOWS_WITHIN = 60_000;
/** How long to look again at a property that Exchange is known to keep its own way. */
const OWN_WAY_WITHIN = 3_000;
const LONGEST_PAUSE = 5_000;

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
export async function waitUntilShown(
  invoke: Invoke,
  identity: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const began = Date.now();
  for (let pause = 100; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const object = await findConnector(invoke, identity);
    if (object !== undefined || Date.now() - began > LOOKED_FOR) return object;
    await sleep(pause);
  }
}

/** What a write came to: the form that Exchange reads back, and where that is not what was sent. */
export interface Settled {
  readonly observed: ConnectorForm | undefined;
  readonly differs: readonly (keyof ConnectorForm)[];
  /** Where it differs and that is a failure. */
  readonly wrong: readonly (keyof ConnectorForm)[];
}

/** Reads a connector until it is as it was written, or has had its time. */
export async function settle(
  invoke: Invoke,
  identity: string,
  wanted: ConnectorForm,
): Promise<Settled> {
  const began = Date.now();
  for (let pause = 100; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const object = await findConnector(invoke, identity);
    const observed = object && fromExchange(object);
    const differs = observed === undefined ? [] : differences(wanted, observed);
    const wrong = differs.filter((key) => !OWN_WAY.includes(key));
    const settled = { observed, differs, wrong };
    const waited = Date.now() - began;
    if (observed !== undefined && differs.length === 0) return settled;
    if (observed !== undefined && wrong.length === 0 && waited > OWN_WAY_WITHIN) return settled;
    if (waited > SHOWS_WITHIN) return settled;
    await sleep(pause);
  }
}

/** Reads until a removed connector is gone. */
export async function settleRemoved(invoke: Invoke, identity: string): Promise<boolean> {
  const began = Date.now();
  for (
    let pause = 100;
    Date.now() - began < SHOWS_WITHIN;
    pause = Math.min(pause * 2, LONGEST_PAUSE)
  ) {
    if ((await findConnector(invoke, identity)) === undefined) return true;
    await sleep(pause);
  }
  return false;
}
