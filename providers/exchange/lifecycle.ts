import { isOfStack, markOf, ownerOf, ownershipOf } from "../../mail/ownership.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { stopIn } from "../../mail/stop/mark.ts";
import { stoppedProblem } from "../../mail/stop/problems.ts";
import type { Tenant } from "../../tenant/connection.ts";
import type { Invoke } from "../../tenant/exchange.ts";
import { inputFailures, readFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { explainRefusals } from "../host/explainRefusals.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { PartlyShown, untilFound } from "./find.ts";
import {
  type Checked,
  differences,
  type Identity,
  type Kept,
  type Named,
  type Observed,
  type Outputs,
} from "./named.ts";
import { unlessHidden } from "./readers.ts";
import { asFound, bringTo, putBack, removeObject, takeOrMake } from "./write.ts";

/**
 * A dynamic provider for a kind of object in Exchange. Create makes the object, takes over the one of an interrupted run,
 * or adopts an existing one. Delete removes it, or puts it back. An object that existed before us is never removed.
 *
 * Diff sends no request. Check asks the tenant only where the kind has `tenantProblems`, for what is new or changed.
 */
export function lifecycle<A extends Identity, F extends object, X extends object>(
  tenants: Tenants,
  named: Named<A, F, X>,
) {
  type Inputs = Checked<A, F>;
  type Outs = Outputs<A, F, X>;
  const { deleteBeforeReplace = true } = named;
  const connect = async (tenant: Tenant): Promise<Invoke> =>
    explainRefusals(await tenants.invoke(tenant), named.roles);
  const formIn = (props: F): F => pickDefined(props, named.keys) as unknown as F;
  /** What inputs and state hold beside the form. */
  const besideForm = (props: Identity & Partial<A>): Identity & Partial<A> => {
    const keys = ["tenantId", "environment", "owner", ...(named.passThrough ?? [])] as const;
    return pickDefined(props, keys) as Identity & Partial<A>;
  };
  const titleOf = (id: string, olds: Outs) => `${named.title(olds)} (${id})`;

  /**
   * Finds the object by its id. One that was made and that no read has returned yet is waited for, and one of which
   * Exchange returns a part.
   *
   * @throws PartlyShown
   */
  const findKnown = async (
    invoke: Invoke,
    id: string,
    { unseen }: Outs,
    form: F,
  ): Promise<Observed<F, X> | undefined> => {
    const find = () => named.findById(invoke, id, form);
    if (unseen) return untilFound(find);
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof PartlyShown)) throw error;
      return (await untilFound(find)) ?? find();
    }
  };

  const absent = (id: string, olds: Outs): Error =>
    new Error(
      olds.unseen
        ? `Exchange does not return ${titleOf(id, olds)} yet; run it again in a few minutes, or remove it from the state with pulumi state delete`
        : `${titleOf(id, olds)} is not in Exchange any more; run pulumi up --refresh to create it again`,
    );

  /**
   * Two signals have to agree before an object is touched: the id in state, and the mark in Exchange. A change may put
   * a lost mark back; a removal needs it.
   */
  const refuseOthers = (
    id: string,
    { form }: Observed<F, X>,
    act: "change" | "remove",
    olds: Outs,
    { owner }: Identity = olds,
  ): void => {
    if (named.mark === undefined) return;
    const theirs = ownerOf(named.mark(form));
    const whose = ownershipOf(theirs, { owner, formerOwners: [olds.owner] });
    if (whose === "ours" || (whose === "unmarked" && act === "change")) return;
    // The name of a sender that was renamed and has its former name back.
    const isOfSender = named.claim && isOfStack(theirs, { owner, formerOwners: [olds.owner] });
    if (act === "change" && isOfSender) return;
    const title = titleOf(id, olds);
    throw new Error(
      whose === "unmarked"
        ? `${title} is not marked as ours any more, so it was not removed; run pulumi up --refresh with its sender still in the stack file, which marks it again`
        : `${title} is now managed by ${theirs}, so it was not ${act}d; if that one keeps it, remove it from the state of this stack with pulumi state delete; if this stack keeps it, write its ownership mark back in Exchange by hand`,
    );
  };

  /** Whether an object that was adopted, and that nobody has marked, differs from the wanted form in nothing but the mark. */
  const isAsDeclared = ({ form }: Observed<F, X>, wanted: F): boolean => {
    const { mark, markedIn, keys } = named;
    if (mark === undefined || markedIn === undefined || markOf(mark(form))) return false;
    return differences(keys, form, wanted).every((key) => key === markedIn);
  };

  /** Says that a write would let a sender send again that was stopped by hand. */
  const stopProblem = (form: F, { owner }: Identity): Problem | undefined => {
    const text = named.mark?.(form) ?? "";
    return stopIn(text) && stoppedProblem(named.title(form), text, owner);
  };
  const refuseStopped = (form: F, whose: Identity): void => {
    const problem = stopProblem(form, whose);
    if (problem !== undefined) throw new Error(`${sentence(problem)}; nothing was changed`);
  };

  /** Whether another sender of the stack has the object now. */
  const isTakenOver = ({ form }: Observed<F, X>, { owner }: Outs): boolean => {
    const marked = named.claim && named.mark && ownerOf(named.mark(form));
    return marked !== owner && isOfStack(marked, { owner });
  };

  /** What is seen of an object. The text in the mark's place is its owner's, until we write the mark. */
  const seenOf = ({ form }: Observed<F, X>, { untouched, ...olds }: Outs): F => {
    const { mark, markedIn } = named;
    const text = mark?.(form) ?? "";
    const isTheirs = untouched && markedIn && !markOf(text) && !stopIn(text);
    return isTheirs ? { ...form, [markedIn]: (olds as unknown as F)[markedIn] } : form;
  };

  return {
    needs: { roles: named.roles, ...named.needs },

    async check(olds: Partial<Inputs>, declared: A) {
      const news: A = { ...declared, ...pickDefined(olds, named.keeps ?? []) };
      const perArgument = Object.entries(named.rules ?? {}).map(([key, rule]) => {
        const value = news[key as keyof A];
        return isUnknown(value) ? undefined : rule?.(key, value as never);
      });
      const together = named.problems?.(news, olds) ?? [];
      // A refresh has written into the state what `npm run stop` has noted.
      const stopped = stopProblem(olds as F, news);
      const refused = inputFailures([
        ...perArgument,
        ...together,
        otherTenant(olds, news),
        stopped,
      ]);
      if (isUnknown(news)) return { inputs: news, failures: refused };
      const inputs = { ...besideForm(news), ...named.form(news) };
      if (named.claim) tenants.claims(inputs).set(named.claim(inputs), inputs.owner);
      const isNew = differences<F>(named.keys, olds, inputs).length > 0;
      if (refused.length > 0 || !named.tenantProblems || !isNew) {
        return { inputs, failures: refused };
      }
      try {
        const facts = await tenants.facts(inputs);
        const problems = named.tenantProblems(facts, inputs, olds);
        if (problems.length === 0 && named.notice !== undefined) {
          const notice = await named.notice(await connect(inputs), facts, inputs, olds);
          if (notice !== "") console.log(notice);
        }
        return { inputs, failures: inputFailures(problems) };
      } catch (error) {
        return { inputs, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: Outs, news: Inputs) {
      if (isUnknown(news)) {
        // A dependant of a replaced object is diffed with unknown inputs too. It is deleted first: Exchange removes
        // a role with its service principal, also when the new principal has the same ids.
        const replaces = named.replaces.filter((key) => isUnknown(news[key]));
        return { changes: true, replaces, deleteBeforeReplace };
      }
      const differs = differences<F>(named.keys, olds, news);
      const fixed = differs.filter((key) => named.replaces.includes(key));
      const replaces = [...fixed, ...(named.replacedBy?.(olds, news) ?? [])];
      const moved = olds.environment !== news.environment || olds.owner !== news.owner;
      const changes = differs.length > 0 || replaces.length > 0 || moved || !olds.ready;
      return { changes, replaces, deleteBeforeReplace };
    },

    async create(inputs: Inputs) {
      const invoke = await connect(inputs);
      const [wanted, beside] = [formIn(inputs), besideForm(inputs)];
      const { object, verdict, unseen } = await takeOrMake(invoke, named, wanted, beside);
      refuseStopped(object.form, inputs);
      const { id, facts } = object;
      if (verdict === "preexisting") {
        const kept = { preexisting: true, ready: true, pending: "", ownWay: {} };
        const outs: Outs = { ...beside, ...wanted, ...facts, ...kept };
        return { id, outs };
      }
      // An object with the mark was adopted by an interrupted run: it can only be put back as it is now.
      const found = asFound(object);
      const before = verdict === "adopted" ? { before: named.unmarked?.(found) ?? found } : {};
      const base = { ...beside, ...before };
      if (verdict === "adopted" && isAsDeclared(object, wanted)) {
        const kept = { preexisting: false, ready: true, pending: "", ownWay: {} };
        const outs: Outs = { ...base, ...wanted, ...facts, ...kept, untouched: true };
        return { id, outs };
      }
      const isOurs = verdict === "ours";
      const outs = await bringTo(invoke, named, { base, object, wanted, isOurs, unseen });
      return { id, outs };
    },

    async read(id: string, olds: Outs) {
      const form = formIn(olds);
      const invoke = await connect(olds);
      const look = () => findKnown(invoke, id, olds, form);
      const object = await unlessHidden(tenants, look, "hidden" as const);
      if (object === undefined && !olds.unseen) return { id: "", props: {} };
      if (object === undefined || object === "hidden") {
        return { id, props: olds, inputs: { ...besideForm(olds), ...form } };
      }
      const { unseen: _, ...known } = olds;
      // The owner may change an object that existed before us.
      const now = olds.preexisting ? form : asDeclared(named, seenOf(object, olds), olds);
      const pending = named.pending?.(object.form) ? olds.pending : "";
      const props = { ...known, ...now, ...object.facts, pending, ready: pending === "" };
      return { id, props, inputs: { ...besideForm(olds), ...now } };
    },

    async update(id: string, olds: Outs, news: Inputs) {
      const invoke = await connect(news);
      const [wanted, beside] = [formIn(news), besideForm(news)];
      if (olds.preexisting) return { outs: { ...olds, ...beside, ...wanted } };
      const object = await findKnown(invoke, id, olds, wanted);
      if (object === undefined) throw absent(id, olds);
      refuseOthers(id, object, "change", olds, news);
      refuseStopped(object.form, news);
      if (olds.untouched && isAsDeclared(object, wanted)) {
        return { outs: { ...olds, ...beside, ...wanted } };
      }
      const { unseen: _, untouched: __, ...known } = olds;
      const base = { ...known, ...beside };
      return { outs: await bringTo(invoke, named, { base, object, wanted, isOurs: false }) };
    },

    /**
     * An object that is gone already, or that another sender of the stack has taken over, needs nothing; one that is not
     * ours any more is refused.
     */
    async delete(id: string, olds: Outs) {
      if (olds.preexisting || named.remove === undefined) return;
      const form = formIn(olds);
      const claimant = named.claim && tenants.claims(olds).get(named.claim(form));
      if (claimant !== undefined && claimant !== olds.owner) return;
      const invoke = await connect(olds);
      const object = await findKnown(invoke, id, olds, form);
      if (object === undefined) {
        if (olds.unseen) throw absent(id, olds);
        return;
      }
      const { before } = olds;
      if (olds.untouched) return;
      if (before && differences<F>(named.keys, asFound(object), before).length === 0) return;
      if (isTakenOver(object, olds)) return;
      refuseOthers(id, object, "remove", olds);
      const title = titleOf(id, olds);
      if (before) refuseStopped(object.form, olds);
      if (before) return putBack(invoke, named, { object, before, title });
      await removeObject(invoke, named, { object, state: olds, form, title });
    },
  } satisfies Kind;
}

/**
 * What was read. Properties that the tenant is known to store differently have their declared values, but for those that
 * keep the object from being ready.
 */
function asDeclared<A extends Identity, F extends object, X extends object>(
  { pending = () => "" }: Named<A, F, X>,
  observed: F,
  olds: F & Kept<F>,
): F {
  const declared = Object.entries(olds.ownWay)
    .filter(([key, value]) => observed[key as keyof F] === value)
    .map(([key]) => ({ [key]: olds[key as keyof F] }))
    .filter((change) => pending({ ...observed, ...change }) === pending(observed));
  return Object.assign({}, observed, ...declared);
}
