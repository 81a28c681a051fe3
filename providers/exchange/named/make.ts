import { sentence } from "../../../mail/problem.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { isAlreadyThere, isOutcomeUnknown } from "../../../tenant/exchangeError.ts";
import { poll } from "../../host/waiting.ts";
import type { Identity } from "./identity.ts";
import type { Named, Seen } from "./named.ts";

/** How long an object that may or may not have been made is looked for, in milliseconds. */
const LOOKED_FOR = 15_000;

/** An object that is there, and whether it was there before us. */
interface Taken<Form, Facts> {
  readonly seen: Seen<Form, Facts>;
  readonly found: boolean;
}

/**
 * Takes over what an earlier run left behind, or makes the object. An answer that was lost is followed by a look.
 *
 * @throws Error when somebody else's is in the way; nothing was changed then
 */
export async function takeOrMake<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  wanted: F,
  inputs: Identity & Partial<A>,
): Promise<Taken<F, X>> {
  const { owner } = inputs;
  const there = await named.look(invoke, wanted);
  if (there !== undefined) return { seen: there, found: isFound(named, there, wanted, owner) };
  let lost: unknown;
  try {
    await named.make(invoke, wanted, inputs);
  } catch (error) {
    if (!isAlreadyThere(error) && !isOutcomeUnknown(error)) throw error;
    lost = error;
  }
  const seen = await poll(
    () => named.look(invoke, wanted),
    (object, waited) => object !== undefined || waited > LOOKED_FOR,
  );
  if (seen !== undefined) {
    const theirs = lost !== undefined && isFound(named, seen, wanted, owner);
    return { seen, found: theirs && isAlreadyThere(lost) };
  }
  throw (
    lost ??
    new Error(
      `Exchange took ${named.title(wanted)} but does not show it yet; run pulumi up again, which takes it over`,
    )
  );
}

/** @throws Error for an object that is in the way */
function isFound<A extends Identity, F extends object, X extends object>(
  named: Named<A, F, X>,
  there: Seen<F, X>,
  wanted: F,
  owner: string,
): boolean {
  const verdict = named.judge(there, wanted, owner);
  if (typeof verdict === "string") return verdict === "found";
  throw new Error(`${sentence(verdict)}; nothing was changed`);
}
