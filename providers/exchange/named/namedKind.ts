import type * as pulumi from "@pulumi/pulumi";
import { ownerOf } from "../../../mail/ownership.ts";
import type { Tenant } from "../../../tenant/connection.ts";
import type { Invoke } from "../../../tenant/exchange.ts";
import { inputFailures } from "../../host/checkFailures.ts";
import { isUnknown } from "../../host/props.ts";
import { otherTenant, type Tenants } from "../../host/tenants.ts";
import { poll } from "../../host/waiting.ts";
import { explained } from "./explained.ts";
import { finish } from "./finish.ts";
import { type Identity, identityOf } from "./identity.ts";
import { takeOrMake } from "./make.ts";
import { differences, type Named, type Outputs } from "./named.ts";

/** How long a removed object may go on showing, in milliseconds. */
const GONE_WITHIN = 60_000;

/**
 * A kind of named object of Exchange: made, taken over from a run that was cut off, or refused; never removed when it
 * was there before us. Check and diff ask nothing.
 */
export function namedKind<A extends Identity, F extends object, X extends object>(
  tenants: Tenants,
  named: Named<A, F, X>,
) {
  type Checked = Identity & F;
  type Outs = Outputs<F, X>;
  const open = async (tenant: Tenant): Promise<Invoke> =>
    explained(await tenants.invoke(tenant), named.roles);
  const pick = (props: F): F =>
    Object.fromEntries(named.keys.map((key) => [key, props[key]])) as unknown as F;
  /** What stands beside the form, in inputs and state alike. */
  const asideOf = (props: Identity) => {
    const manner = (named.manner ?? []).map((key) => [key, (props as Partial<A>)[key]]);
    return { ...identityOf(props), ...Object.fromEntries(manner) } as Identity & Partial<A>;
  };
  const managerOf = (form: F) => ownerOf(named.mark?.(form) ?? "");

  return {
    async check(olds: Partial<Checked>, news: A) {
      const problems = Object.entries(named.rules).map(([key, rule]) => {
        const value = news[key as keyof A];
        return isUnknown(value) ? undefined : rule?.(key, value as never);
      });
      const refused = inputFailures([...problems, otherTenant(olds, news)]);
      if (isUnknown(news)) return { inputs: news, failures: refused };
      return { inputs: { ...asideOf(news), ...named.form(news) }, failures: refused };
    },

    async diff(_id: string, olds: Outs, news: Checked) {
      if (isUnknown(news)) {
        // The engine also asks so of what hangs on an object that goes, and lets it go first: a role of a service
        // principal goes with it, and is not there again when the new one has the same ids.
        const replaces = named.replaces.filter((key) => isUnknown(news[key]));
        return { changes: true, replaces, deleteBeforeReplace: true };
      }
      const differs = differences<F>(named.keys, olds, news);
      const replaces = differs.filter((key) => named.replaces.includes(key));
      const moved = olds.environment !== news.environment || olds.owner !== news.owner;
      const changes = differs.length > 0 || moved || !olds.ready;
      return { changes, replaces, deleteBeforeReplace: true };
    },

    async create(inputs: Checked) {
      const invoke = await open(inputs);
      const wanted = pick(inputs);
      const remembered = await named.remember?.(invoke, wanted);
      const aside = asideOf(inputs);
      const base = { ...aside, ...remembered } as Identity & Partial<X>;
      const { seen, found } = await takeOrMake(invoke, named, wanted, aside);
      const settled = { found: true, ready: true, pending: "", ownWay: {} };
      const outs = found
        ? { ...base, ...wanted, ...seen.facts, ...settled }
        : await finish(invoke, named, base, seen, wanted);
      return { id: seen.id, outs };
    },

    async read(id: string, olds: Outs) {
      const seen = await named.find(await open(olds), id, pick(olds));
      if (seen === undefined) return { id: "", props: {} };
      // One that was there before us is its owner's to change.
      const form = olds.found ? pick(olds) : asDeclared(seen.form, olds);
      const inputs = { ...asideOf(olds), ...form };
      return { id, props: { ...olds, ...form, ...seen.facts }, inputs };
    },

    async update(id: string, olds: Outs, news: Checked) {
      const invoke = await open(news);
      const wanted = pick(news);
      if (olds.found) return { outs: { ...olds, ...asideOf(news), ...wanted } };
      const title = named.title(olds);
      const there = await named.find(invoke, id, wanted);
      if (there === undefined) {
        throw new Error(
          `${title} (${id}) is not in Exchange any more; run pulumi up --refresh to make it again`,
        );
      }
      const theirs = managerOf(there.form);
      if (theirs !== undefined && theirs !== olds.owner && theirs !== news.owner) {
        throw new Error(
          `${title} (${id}) is now managed by ${theirs}, so nothing was done to change it; let go of it with pulumi state delete`,
        );
      }
      const base = { ...olds, ...asideOf(news) };
      return { outs: await finish(invoke, named, base, there, wanted) };
    },

    /** Gone already is done. One that is not ours any more stays. */
    async delete(id: string, olds: Outs) {
      if (olds.found || named.remove === undefined) return;
      const invoke = await open(olds);
      const find = () => named.find(invoke, id, pick(olds));
      const there = await find();
      if (there === undefined) return;
      const title = `${named.title(olds)} (${id})`;
      const theirs = managerOf(there.form);
      if (named.mark && theirs !== olds.owner) {
        const whose = theirs ? `is now managed by ${theirs}` : "bears our mark no more";
        console.log(`${title} ${whose}, so it was not removed`);
        return;
      }
      try {
        await named.remove(invoke, there, olds);
      } catch (error) {
        if ((await find()) !== undefined) throw error;
        return;
      }
      const left = await poll(find, (seen, waited) => seen === undefined || waited > GONE_WITHIN);
      if (left !== undefined) throw new Error(`${title} still shows a minute after it was removed`);
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** What was read, with the values that the tenant is known to keep its own way as they were declared. */
function asDeclared<F extends object, X>(observed: F, olds: Outputs<F, X>): F {
  const own = Object.entries(olds.ownWay).filter(
    ([key, value]) => observed[key as keyof F] === value,
  );
  return { ...observed, ...Object.fromEntries(own.map(([key]) => [key, olds[key as keyof F]])) };
}
