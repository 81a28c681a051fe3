import type { Invoke } from "../../../tenant/exchange.ts";
import { HalfMade } from "../../host/dynamicProvider.ts";
import { poll } from "../../host/waiting.ts";
import type { Identity } from "./identity.ts";
import { differences, type Named, type Outputs, type Seen } from "./named.ts";

/** How long a write may take to show in a read, in milliseconds. */
const SHOWS_WITHIN = 60_000;

/**
 * Brings an object to what is wanted, waits until Exchange shows it, and says what state shall keep.
 *
 * @param base what state keeps of it whatever comes of this
 * @throws HalfMade for whatever goes wrong, so that state keeps the object
 */
export async function finish<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  base: Identity & Partial<X>,
  there: Seen<F, X>,
  wanted: F,
): Promise<Outputs<F, X>> {
  const kept = { ...base, ...wanted, ...there.facts, found: false };
  const half = (reason: string, cause?: unknown) =>
    new HalfMade(there.id, { ...kept, ownWay: {}, ready: false, pending: reason }, reason, cause);
  const differing = (form: F) => differences(named.keys, form, wanted);
  let ownWay: readonly (keyof F)[] = [];
  let last: Seen<F, X> | undefined;
  try {
    const behind = differing(there.form).length > 0;
    if (behind) ownWay = (await named.set?.(invoke, there, wanted)) ?? [];
    last = await poll(
      () => named.find(invoke, there.id, wanted),
      (seen, waited) => {
        if (waited > SHOWS_WITHIN) return true;
        return seen !== undefined && differing(seen.form).every((key) => ownWay.includes(key));
      },
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw half(`${error.message}; run pulumi up again`, error);
  }
  const title = named.title(wanted);
  if (last === undefined) throw half(`${title} does not show in Exchange; run pulumi up again`);
  const { form, facts } = last;
  const differs = differing(form);
  const wrong = differs.filter((key) => !ownWay.includes(key));
  if (wrong.length > 0) {
    const said = wrong.map((key) => `${key} ${JSON.stringify(form[key])}`).join(", ");
    throw half(
      `Exchange keeps ${said} of ${title} otherwise than it was sent; run pulumi up again`,
    );
  }
  const own = Object.fromEntries(differs.map((key) => [key, form[key]])) as Partial<F>;
  return { ...kept, ...facts, ownWay: own, ready: true, pending: "" };
}
