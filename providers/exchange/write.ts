// How an object of Exchange is written: after each write it is read until the read returns what was written.
import { sentence } from "../../mail/problem.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import {
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
  toRunAgain,
} from "../../tenant/exchangeError.ts";
import { HalfMade } from "../host/dynamicProvider.ts";
import { poll } from "../host/waiting.ts";
import { FOUND_WITHIN, orNotYet, untilFound } from "./find.ts";
import {
  differences,
  type Identity,
  type Named,
  type Observed,
  type Outputs,
  type Verdict,
} from "./named.ts";

/** How long a write may take until a read returns it, in milliseconds: far longer than was ever seen. */
export const SHOWS_WITHIN = 60_000;

/** How long a property may differ from what was sent until the difference counts as intended, in milliseconds. */
const OWN_WAY_AFTER = 3_000;

/** The object that has the name, or the place, of the wanted one: an existing one, or the one just made. */
interface Taken<Form, Facts> {
  readonly object: Observed<Form, Facts>;
  readonly verdict: Exclude<Verdict, object>;
  /** Whether no read has found it yet. */
  readonly unseen: boolean;
}

/**
 * Takes over the existing object, or makes it. After a lost answer the object is searched for.
 *
 * @throws Error when the existing object is not ours; nothing is changed then
 */
export async function takeOrMake<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  wanted: F,
  inputs: Identity & Partial<A>,
): Promise<Taken<F, X>> {
  const verdictOn = (object: Observed<F, X>): Exclude<Verdict, object> => {
    const verdict = named.judge(object, wanted, inputs.owner);
    if (typeof verdict === "string") return verdict;
    throw new Error(`${sentence(verdict)}; nothing was changed`);
  };
  const findFirst = named.findBeforeMaking ?? named.findByName;
  const there = await findFirst(invoke, wanted, inputs);
  if (there !== undefined) return { object: there, verdict: verdictOn(there), unseen: false };
  let lost: unknown;
  try {
    const object = await onceKnown(() => named.make(invoke, wanted, inputs));
    if (object !== undefined) {
      // What is left to write has to wait for the object; what is not, does not.
      const isDone = differences(named.keys, object.form, wanted).length === 0;
      const seen = isDone
        ? undefined
        : await untilFound(() => named.findById(invoke, object.id, wanted));
      return { object: seen ?? object, verdict: "ours", unseen: seen === undefined };
    }
  } catch (error) {
    if (!isAlreadyThere(error) && !isOutcomeUnknown(error)) throw error;
    lost = error;
  }
  const object = await untilFound(() => named.findByName(invoke, wanted));
  if (object !== undefined) {
    // A lost answer alone is no proof that the object is ours: somebody else may have made it in between.
    return { object, verdict: lost === undefined ? "ours" : verdictOn(object), unseen: false };
  }
  throw (
    lost ??
    new Error(
      `Exchange accepted ${named.title(wanted)} but does not return it yet; run pulumi up again, which takes it over`,
    )
  );
}

/**
 * Runs what a server may refuse with "not found" because it does not know yet what another one has made. Nothing was done
 * then, so it is tried again.
 */
function onceKnown<T>(act: () => Promise<T>): Promise<T> {
  const attempt = async () => {
    try {
      return { result: await act() };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return { error };
    }
  };
  return poll(attempt, (done, waited) => "result" in done || waited > FOUND_WITHIN).then((done) => {
    if ("result" in done) return done.result;
    throw done.error;
  });
}

/** The form as Exchange writes it. */
export const asFound = <F, X>({ form, original }: Observed<F, X>): F => original ?? form;

/** The result of reading an object after a write. */
interface Settled<Form, Facts> {
  readonly object: Observed<Form, Facts> | undefined;
  /** Properties whose value differs from what was sent. */
  readonly differs: readonly (keyof Form & string)[];
  /** Those of them whose difference is a failure. */
  readonly wrong: readonly (keyof Form & string)[];
}

/**
 * Reads an object until it is as it was written, or until the time is over.
 *
 * @param refused properties that the tenant does not support
 * @param formOf the form to compare: the canonical one, or the one as Exchange writes it
 */
function settle<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  id: string,
  wanted: F,
  refused: readonly (keyof F)[] = [],
  formOf: (object: Observed<F, X>) => F = ({ form }) => form,
): Promise<Settled<F, X>> {
  const read = async (): Promise<Settled<F, X>> => {
    const object = await orNotYet(() => named.findById(invoke, id, wanted));
    const differs = object === undefined ? [] : differences(named.keys, formOf(object), wanted);
    const unexpected = differs.filter((key) => !refused.includes(key));
    const wrong = unexpected.filter((key) => !named.mayDiffer?.includes(key));
    return { object, differs, wrong };
  };
  return poll(read, ({ object, differs, wrong }, waited) => {
    if (waited > SHOWS_WITHIN) return true;
    if (object === undefined || wrong.length > 0) return false;
    return differs.every((key) => refused.includes(key)) || waited > OWN_WAY_AFTER;
  });
}

/** A change of an object. */
interface Work<Args extends Identity, Form, Facts> {
  /** What state keeps of it, whatever the outcome. */
  readonly base: Identity & Partial<Args>;
  readonly object: Observed<Form, Facts>;
  readonly wanted: Form;
  /** Whether we made it and state does not have it yet. */
  readonly isOurs: boolean;
  /** Whether no read has found it yet. */
  readonly unseen?: boolean;
}

/**
 * Brings an object to the wanted form, waits until Exchange returns that form, and returns what state keeps.
 *
 * @throws HalfMade when something may have been written, so that state keeps the object; any other Error when nothing
 *   was written
 */
export async function bringTo<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  { base, object: { id, form, facts }, object, wanted, isOurs, unseen = false }: Work<A, F, X>,
): Promise<Outputs<A, F, X>> {
  const kept = { ...base, ...wanted, ...facts, preexisting: false };
  let isUnseen = unseen;
  const unfinished = (pending: string): Outputs<A, F, X> => ({
    ...{ ...kept, ownWay: {}, ready: false, pending },
    ...(isUnseen ? { unseen: true } : {}),
  });
  const halfMade = (reason: string, cause?: unknown) =>
    new HalfMade(id, unfinished(reason), reason, cause);
  let isWritten = isOurs;
  const noticing: Invoke = async (cmdlet, parameters) => {
    const isRead = cmdlet.startsWith("Get-");
    try {
      const result = await invoke(cmdlet, parameters);
      isWritten ||= !isRead;
      return result;
    } catch (error) {
      isWritten ||= !isRead && isOutcomeUnknown(error);
      throw error;
    }
  };
  const title = named.title(wanted);
  const notShown = `Exchange does not return ${title} yet; run pulumi up again in a few minutes`;
  let settled: Settled<F, X>;
  let refused: readonly (keyof F)[] = [];
  const isBehind = differences(named.keys, form, wanted).length > 0;
  if (isBehind && isUnseen) throw halfMade(notShown);
  try {
    const set = async () => (await named.set?.(noticing, object, wanted)) ?? [];
    if (isBehind) refused = await (isOurs ? onceKnown(set) : set());
    // What a read has just shown as wanted, and nobody has written since, need not be read again.
    const isRead = !isBehind && !unseen;
    settled = isRead
      ? { object, differs: [], wrong: [] }
      : await settle(invoke, named, id, wanted, refused);
  } catch (error) {
    if (!(error instanceof Error) || !isWritten) throw error;
    throw halfMade(toRunAgain(error.message, "run pulumi up again"), error);
  }
  if (settled.object === undefined) {
    if (isUnseen) return unfinished(notShown);
    throw halfMade(notShown);
  }
  isUnseen = false;
  const { form: now, facts: known } = settled.object;
  if (settled.wrong.length > 0) {
    const said = settled.wrong.map((key) => `${key} ${JSON.stringify(now[key])}`).join(", ");
    throw halfMade(
      `Exchange stored ${said} of ${title} instead of the value that was sent; run pulumi up again`,
    );
  }
  for (const key of settled.differs) {
    if (refused.includes(key)) continue;
    const [stored, sent] = [now[key], wanted[key]].map((value) => JSON.stringify(value));
    console.log(`Exchange keeps ${key} ${stored} of ${title}, although ${sent} was sent`);
  }
  const own = Object.fromEntries(settled.differs.map((key) => [key, now[key]])) as Partial<F>;
  const pending = named.pending?.(now) ?? "";
  return { ...kept, ...known, ownWay: own, ready: pending === "", pending };
}

/** Puts an adopted object back as it was, and reads it to be sure. */
export async function putBack<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  { object, before, title }: { object: Observed<F, X>; before: F; title: string },
): Promise<void> {
  const failed = (why: string, cause?: unknown) =>
    new Error(
      `${title} can't be put back as ${named.title(before)}, which it was before it was adopted: ${why}; ` +
        "remove the cause and run destroy again, or remove it from the state with pulumi state delete",
      { cause },
    );
  try {
    await named.set?.(invoke, object, before);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw failed(error.message, error);
  }
  const settled = await settle(invoke, named, object.id, before, [], asFound);
  if (settled.object === undefined) throw failed("Exchange does not return it any more");
  const { wrong } = settled;
  if (wrong.length > 0) throw failed(`Exchange stored other values of ${wrong.join(", ")}`);
}

/** Removes an object, and reads until it is gone. */
export async function removeObject<A extends Identity, F extends object, X extends object>(
  invoke: Invoke,
  named: Named<A, F, X>,
  work: { object: Observed<F, X>; state: F & X; form: F; title: string },
): Promise<void> {
  const { object, state, form, title } = work;
  const find = () => orNotYet(() => named.findById(invoke, object.id, form));
  try {
    await named.remove?.(invoke, object, state);
  } catch (error) {
    if ((await find()) !== undefined) throw error;
    return;
  }
  const left = await poll(find, (seen, waited) => seen === undefined || waited > SHOWS_WITHIN);
  if (left !== undefined)
    throw new Error(`Exchange still returns ${title} a minute after it was removed; run it again`);
}
