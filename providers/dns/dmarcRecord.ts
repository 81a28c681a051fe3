import type * as pulumi from "@pulumi/pulumi";
import {
  type DmarcArgs,
  type DmarcPlan,
  dmarcName,
  holdsDmarc,
  isDmarcRecord,
  planDmarc,
} from "../../mail/dns/dmarc/plan.ts";
import { isSameDmarc } from "../../mail/dns/dmarc/record.ts";
import type { StoredRecord } from "../../mail/dns/record.ts";
import { unquoteTxt } from "../../mail/dns/txt.ts";
import { isOwnedBy, ownershipOf, recordOwner } from "../../mail/ownership.ts";
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
import { asMarked, isMarkLost, type WrittenTxt, writeTxt } from "./writeTxt.ts";

export interface DmarcRecordInputs extends DmarcArgs, InZone {
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
}

const INPUTS = [
  "zoneId",
  "zone",
  "owner",
  "domain",
  "adopt",
  "rua",
  "policy",
  "subdomainPolicy",
  "above",
] as const;

/** The inputs with what the check computed, for the reader of the preview. */
export interface CheckedDmarc extends DmarcRecordInputs {
  /** The record before us; empty when there was none. */
  readonly before: string;
  /** The record as it will be; empty when the parent's record continues to cover the domain. */
  readonly after: string;
}

/** `recordId` is empty when the parent's record continues to cover the domain. */
export interface DmarcRecordOutputs extends CheckedDmarc, WrittenTxt {
  /** Whether it says what we ask for. */
  readonly settled: boolean;
}

/**
 * The kind `DmarcRecord`: a domain's one DMARC record, made or, on request, taken over and put back.
 *
 * @see RFC 9989
 */
export function dmarcRecord(access: ZoneAccess) {
  const at = async ({ zoneId, domain }: DmarcRecordInputs) =>
    (await access.zones()).records(zoneId, dmarcName(domain));

  /** @returns undefined when somebody else changed the record since it was read */
  const tryWrite = async (
    inputs: CheckedDmarc,
    olds?: DmarcRecordOutputs,
  ): Promise<DmarcRecordOutputs | undefined> => {
    const zones = await access.zones();
    const there = await at(inputs);
    // A record that its owner has changed since is the new starting point, and is what delete puts back.
    const known = there.find((record) => isAsLeft(record, olds, inputs.zoneId));
    const original = known === undefined ? undefined : (olds?.original ?? undefined);
    const base = original === undefined ? undefined : unquoteTxt(original);
    const ours = known && olds?.original === null ? unquoteTxt(known.content) : undefined;
    const seen = there.map((record) => asMarked(record, inputs.owner, ours));
    const owners = ownedBy(inputs, olds);
    const plan = await planDmarc(owners, seen, access.resolve, base);
    stopAt(plan.problems);
    const { text } = plan;
    const found = there.find(({ id }) => id === plan.found?.id);
    const outs = {
      ...pickDefined(inputs, INPUTS),
      before: inputs.before,
      after: text,
      settled: true,
    };
    if (text === "") {
      if (found !== undefined) await zones.remove(inputs.zoneId, found.id);
      return { ...outs, recordId: "", original: null, written: "", comment: "" };
    }
    const isAdopted = found !== undefined && !isOwnedBy(recordOwner(plan.found?.comment), owners);
    return writeTxt(zones, {
      ...{ zoneId: inputs.zoneId, owner: inputs.owner, found, text, outs },
      ...{ name: dmarcName(inputs.domain), id: dmarcName(inputs.domain) },
      original: isAdopted ? (original ?? found.content) : null,
    });
  };

  const write = (inputs: CheckedDmarc, olds?: DmarcRecordOutputs) =>
    untilUncrossed(() => tryWrite(inputs, olds), `the DMARC record of ${inputs.domain}`);

  /** Removes a record that we made; puts an adopted one back, unless somebody has changed it since. */
  const withdraw = (olds: DmarcRecordOutputs): Promise<void> =>
    unlessZoneGone(access, olds, undefined, async () => {
      const { recordId, zoneId, original, owner } = olds;
      if (recordId === "" || original === olds.written) return;
      const zones = await access.zones();
      const found = (await at(olds)).find(({ id }) => id === recordId);
      if (original === null && found === undefined) return;
      const isLeft = found !== undefined && isAsLeft(found, olds, zoneId);
      const whose = found && ownershipOf(recordOwner(found.comment), { owner }, isLeft);
      if (original === null && whose === "ours") return zones.remove(zoneId, recordId);
      if (original !== null && isLeft && whose === "ours") {
        if (await zones.setContent(zoneId, recordId, found.content, original)) return;
      }
      const was = original === null ? "" : `; before this stack changed it, it was ${original}`;
      console.log(
        `the DMARC record of ${olds.domain} was changed or removed by somebody else, so it is left as it is${was}`,
      );
    });

  return {
    async check(olds: Partial<CheckedDmarc>, news: DmarcRecordInputs) {
      if (isUnknown(news)) return { inputs: news, failures: [] };
      const local = inputFailures([domainProblem("domain", news.domain)]);
      const { before, after } = olds;
      if (before !== undefined && after !== undefined && isSameRequest(olds, news)) {
        return { inputs: { ...news, before, after }, failures: local };
      }
      if (local.length > 0) return { inputs: news, failures: local };
      try {
        const records = await access.facts(news.zoneId);
        const ours = before === "" ? after : undefined;
        const seen = records.map((record) =>
          record.name === dmarcName(news.domain) ? asMarked(record, news.owner, ours) : record,
        );
        // A record of another zone starts anew, unless the zone was moved and brought it along.
        const isCopy = records.some(
          ({ name, content }) => name === dmarcName(news.domain) && unquoteTxt(content) === after,
        );
        const kept = olds.zoneId === news.zoneId || isCopy ? before : undefined;
        const owners = ownedBy(news, olds);
        const plan = await planDmarc(owners, seen, access.resolve, kept || undefined);
        const text = plan.found === undefined ? "" : unquoteTxt(plan.found.content);
        const inputs = { ...news, before: kept ?? text, after: plan.text };
        logPlan(news.domain, text, plan);
        return { inputs, failures: outsideFailures(plan.problems) };
      } catch (error) {
        return { inputs: news, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: DmarcRecordOutputs, news: CheckedDmarc) {
      if (isUnknown(news)) return { changes: true };
      const changes = !isSameRequest(olds, news) || !olds.settled || isMarkLost(olds, news.owner);
      return { changes, replaces: otherDomain(olds, news), deleteBeforeReplace: true };
    },

    async create(inputs: CheckedDmarc) {
      return { id: dmarcName(inputs.domain), outs: await write(inputs) };
    },

    /**
     * Any change of a record that we made is drift. The owner of an adopted record may change what we do not ask for. A
     * second record at the name is drift too. A record of somebody else is not ours.
     */
    read: (id: string, olds: DmarcRecordOutputs) =>
      unlessZoneGone(access, olds, { id: "", props: {} }, async () => {
        // A record of ours that receivers take no more is still there to be put right.
        const isLeft = ({ type, id: recordId }: StoredRecord) =>
          type === "TXT" && recordId === olds.recordId;
        const there = (await at(olds)).filter((one) => isDmarcRecord(one) || isLeft(one));
        const found = there.find(isLeft);
        if (olds.recordId !== "" && found === undefined) return { id: "", props: {} };
        const after = there.map(({ content }) => unquoteTxt(content)).join(" and ");
        const adopted = olds.original !== null && there.length === 1;
        const settled =
          isSameDmarc(after, unquoteTxt(olds.written)) || (adopted && holdsDmarc(olds, after));
        const inputs = { ...pickDefined(olds, INPUTS), before: olds.before };
        // Without `after`, the next check reads the record again.
        return {
          id,
          props: { ...olds, after, settled, comment: found?.comment ?? "" },
          inputs: settled ? { ...inputs, after } : inputs,
        };
      }),

    update: updateInZone(write, withdraw),

    delete: (_id: string, olds: DmarcRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** Printed beside the preview of a record that changes, or of which there is more to say. */
function logPlan(domain: string, before: string, plan: DmarcPlan<StoredRecord>): void {
  const { text, inherits, warnings } = plan;
  if (text === before && inherits === "" && warnings.length === 0) return;
  const lines = [
    `DMARC of ${domain}`,
    `  before: ${before === "" ? "no record" : before}`,
    `  after:  ${text}`,
    ...(inherits === "" ? [] : [`  inherits ${inherits}`]),
    ...warnings.map((problem) => `  warning: ${sentence(problem)}`),
  ];
  console.log(lines.join("\n"));
}

/** Whether a record still says what we wrote, in whatever form. In a zone that was moved it has another id. */
const isAsLeft = (
  { id, content }: StoredRecord,
  olds: DmarcRecordOutputs | undefined,
  zoneId: string,
): boolean =>
  olds !== undefined &&
  (id === olds.recordId || olds.zoneId !== zoneId) &&
  isSameDmarc(unquoteTxt(content), unquoteTxt(olds.written));

const isSameRequest = (olds: Partial<DmarcRecordInputs>, news: DmarcRecordInputs): boolean =>
  olds.zoneId === news.zoneId &&
  olds.domain === news.domain &&
  olds.adopt === news.adopt &&
  olds.policy === news.policy &&
  olds.subdomainPolicy === news.subdomainPolicy &&
  olds.above?.domain === news.above?.domain &&
  olds.above?.policy === news.above?.policy &&
  olds.above?.keepsSubdomainPolicy === news.above?.keepsSubdomainPolicy &&
  olds.rua?.join() === news.rua.join();
