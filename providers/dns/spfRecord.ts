import type * as pulumi from "@pulumi/pulumi";
import type { StoredRecord } from "../../mail/dns/record.ts";
import { mergeSpf } from "../../mail/dns/spf/merge.ts";
import { SPF_VERSION } from "../../mail/dns/spf/parse.ts";
import {
  addedTo,
  additionOf,
  originalOf,
  planSpf,
  restOf,
  type SpfPlan,
  spfRecordsOf,
  txtRecordsOf,
} from "../../mail/dns/spf/plan.ts";
import { spfProblems } from "../../mail/dns/spf/problems.ts";
import { unquoteTxt } from "../../mail/dns/txt.ts";
import { ownershipOf, recordOwner } from "../../mail/ownership.ts";
import { sentence } from "../../mail/problem.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import { inputFailures, outsideFailures, readFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import {
  type InZone,
  otherDomain,
  ownedBy,
  stopAt,
  unlessZoneGone,
  untilUncrossed,
  updateInZone,
} from "./inZone.ts";
import { isMarkLost, type WrittenTxt, writeTxt } from "./writeTxt.ts";

/** What a domain's SPF record has to say for our senders. */
export interface SpfRecordInputs extends InZone {
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
  /** Terms that have to be in the record, e.g. `include:spf.protection.outlook.com`. */
  readonly terms: readonly string[];
}

const INPUTS = ["zoneId", "zone", "owner", "domain", "terms"] as const;

/** The inputs with what the check computed, for the reader of the preview. */
export interface CheckedSpf extends SpfRecordInputs {
  /** The record before us; empty when there was none. */
  readonly before: string;
  /** The record as it will be. */
  readonly after: string;
  /** Every look-up that a receiver makes for the record, line by line. */
  readonly lookUps: readonly string[];
}

export interface SpfRecordOutputs extends CheckedSpf, WrittenTxt {
  /** Terms that we added, which delete removes again. */
  readonly added: readonly string[];
  /** What is wrong with the record as it stands; empty when nothing is. */
  readonly problem: string;
}

/** How often to try to write a record that others keep changing. */
const TRIES = 3;

/**
 * The kind `SpfRecord`: our terms in a domain's one SPF record, which is shared by everybody who sends for the domain. The
 * owner's terms are never changed, and delete removes only ours.
 *
 * @see RFC 7208
 */
export function spfRecord(access: ZoneAccess) {
  const at = async ({ zoneId, domain }: SpfRecordInputs): Promise<readonly StoredRecord[]> =>
    (await access.zones()).records(zoneId, domain);

  /** Puts our terms into the record as it stands now. */
  const write = (inputs: CheckedSpf, olds?: SpfRecordOutputs): Promise<SpfRecordOutputs> =>
    untilUncrossed(() => tryWrite(inputs, olds), titleOf(inputs), TRIES);

  const tryWrite = async (
    inputs: CheckedSpf,
    olds?: SpfRecordOutputs,
  ): Promise<SpfRecordOutputs | undefined> => {
    const there = await at(inputs);
    const addition = additionOf(spfRecordsOf(there, inputs.domain), inputs, olds);
    const plan = await planSpf(ownedBy(inputs, olds), there, access.resolve, addition?.added);
    stopAt(plan.problems);
    logIfChanged(inputs, plan, olds);
    const { found, text, added, lookUps } = plan;
    const common = { before: inputs.before, after: text, lookUps, added, problem: "" };
    return writeTxt(await access.zones(), {
      ...{ zoneId: inputs.zoneId, owner: inputs.owner, name: inputs.domain, found, text },
      outs: { ...pickDefined(inputs, INPUTS), ...common },
      original: found === undefined ? null : originalOf(found.content, addition),
      id: inputs.domain,
    });
  };

  /** Takes our terms out of the record, and removes it where nothing else is in it. */
  const withdraw = (olds: SpfRecordOutputs): Promise<void> =>
    unlessZoneGone(access, olds, undefined, async () => {
      await untilUncrossed(() => tryWithdraw(olds), titleOf(olds), TRIES);
    });

  /** @returns true when nothing of ours is left in it */
  const tryWithdraw = async (olds: SpfRecordOutputs): Promise<true | undefined> => {
    const zones = await access.zones();
    const found = (await at(olds)).find(({ id }) => id === olds.recordId);
    if (found === undefined) return true;
    const whose = ownershipOf(recordOwner(found.comment), olds);
    if (whose === "others") {
      console.log(
        `${titleOf(olds)} belongs to another stack by now (${found.comment}), so it is left as it is`,
      );
      return true;
    }
    const rest = restOf(found.content, olds);
    // Somebody's terms stay, unless receivers can't use them.
    const isOwn = rest !== undefined && olds.original === null && whose === "ours";
    const isBroken = isOwn && !isUsable(rest);
    if (isBroken) {
      console.log(
        `${titleOf(olds)} was changed by somebody else to what receivers can't use, and is removed: ${rest}`,
      );
    }
    if (rest === undefined || isBroken) {
      await zones.remove(olds.zoneId, found.id);
      return true;
    }
    // A record of ours that holds terms of others is theirs from now on, without our mark.
    const comment = olds.original === null && whose === "ours" ? "" : undefined;
    if (rest === found.content && comment === undefined) return true;
    const isSet = await zones.setContent(olds.zoneId, found.id, found.content, rest, comment);
    return isSet || undefined;
  };

  return {
    async check(olds: Partial<CheckedSpf>, news: SpfRecordInputs) {
      if (isUnknown(news)) return { inputs: news, failures: [] };
      const local = inputFailures([domainProblem("domain", news.domain)]);
      const { before, after, lookUps } = isSamePlace(olds, news) ? olds : {};
      const known = before !== undefined && after !== undefined && lookUps !== undefined;
      if (known && sameTerms(olds.terms ?? [], news.terms)) {
        return { inputs: { ...news, before, after, lookUps }, failures: local };
      }
      if (local.length > 0) return { inputs: news, failures: local };
      try {
        const added = addedTo(before, olds.terms);
        const records = await access.facts(news.zoneId);
        const plan = await planSpf(ownedBy(news, olds), records, access.resolve, added);
        const text = plan.found === undefined ? "" : unquoteTxt(plan.found.content);
        const computed = { before: before ?? text, after: plan.text, lookUps: plan.lookUps };
        if (plan.lookUps.length > 0) logPlan(news.domain, text, plan, lookUps);
        return { inputs: { ...news, ...computed }, failures: outsideFailures(plan.problems) };
      } catch (error) {
        return { inputs: news, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: SpfRecordOutputs, news: CheckedSpf) {
      if (isUnknown(news)) return { changes: true };
      const changes =
        !isSamePlace(olds, news) || isMarkLost(olds, news.owner) || olds.problem !== "";
      // Without an answer the engine compares the inputs, and shows what differs alone.
      if (!changes && !sameTerms(olds.terms, news.terms)) return {};
      return { changes, replaces: otherDomain(olds, news), deleteBeforeReplace: true };
    },

    async create(inputs: CheckedSpf) {
      const outs = await write(inputs);
      return { id: inputs.domain, outs };
    },

    /** Terms of ours that are missing are drift, and so is a lost mark; what others add to the record is theirs. */
    read: (id: string, olds: SpfRecordOutputs) =>
      unlessZoneGone(access, olds, { id: "", props: {} }, async () => {
        const there = txtRecordsOf(await at(olds), olds.domain);
        const records = spfRecordsOf(there, olds.domain);
        const texts = there.map(({ content }) => unquoteTxt(content));
        const problem = spfProblems(`SPF of ${olds.domain}`, texts).map(sentence).join("; ");
        const left = there.find(({ id: recordId }) => recordId === olds.recordId);
        // A record of ours that receivers take no more is still there to be put right.
        const found = records.find((one) => one === left) ?? records[0] ?? (problem && left);
        if (!found) return { id: "", props: {} };
        const text = unquoteTxt(found.content);
        const terms = olds.terms.filter((term) => mergeSpf(text, [term]).added.length === 0);
        const seen = { ...pickDefined(olds, INPUTS), terms, before: olds.before, after: text };
        const inputs = { ...seen, lookUps: olds.lookUps };
        return { id, props: { ...olds, ...seen, comment: found.comment, problem }, inputs };
      }),

    update: updateInZone(write, withdraw),

    delete: (_id: string, olds: SpfRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

const titleOf = ({ domain }: SpfRecordInputs): string => `the SPF record of ${domain}`;

/** Whether receivers take a content for an SPF record, and can read every term of it. */
const isUsable = (content: string): boolean => SPF_VERSION.isFine(unquoteTxt(content));

const isSamePlace = (olds: Partial<SpfRecordInputs>, news: SpfRecordInputs): boolean =>
  olds.zoneId === news.zoneId && olds.domain === news.domain;

const sameTerms = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((term, index) => term === other[index]);

/** Printed beside the preview; what each term costs only where that is another than in the last run. */
function logPlan(
  domain: string,
  before: string,
  plan: SpfPlan<StoredRecord>,
  costsBefore: readonly string[] = [],
): void {
  const { text, warnings } = plan;
  const lookUps = sameTerms(costsBefore, plan.lookUps) ? plan.lookUps.slice(-1) : plan.lookUps;
  const lines = [
    `SPF of ${domain}`,
    `  before: ${before === "" ? "no record" : before}`,
    `  after:  ${text}`,
    ...lookUps.map((line) => `  ${line}`),
    ...warnings.map((problem) => `  warning: ${sentence(problem)}`),
  ];
  console.log(lines.join("\n"));
}

function logIfChanged(
  inputs: CheckedSpf,
  plan: SpfPlan<StoredRecord>,
  olds?: SpfRecordOutputs,
): void {
  if (plan.text === inputs.after) return;
  const since = olds === undefined ? "the preview" : "it was last read";
  console.log(
    `the SPF record of ${inputs.domain} has changed since ${since}: it will be ${plan.text}`,
  );
}
