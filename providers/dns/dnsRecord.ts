import type * as pulumi from "@pulumi/pulumi";
import {
  isSameContent,
  saysTheSame,
  servedByWildcard,
  takenProblems,
} from "../../mail/dns/placement.ts";
import type { StoredRecord } from "../../mail/dns/record.ts";
import type { NeededRecord } from "../../mail/dns/records.ts";
import { quoteTxt } from "../../mail/dns/txt.ts";
import {
  isOwnedBy,
  otherStackProblem,
  ownershipOf,
  recordMark,
  recordOwner,
} from "../../mail/ownership.ts";
import { type Problem, sentence } from "../../mail/problem.ts";
import { outsideFailures, readFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import { type InZone, ownedBy, unlessZoneGone } from "./inZone.ts";

/** A record that is ours alone: a DKIM CNAME, a report authorisation, MTA-STS, TLS-RPT. */
export interface DnsRecordInputs extends InZone {
  /** `project/stack` */
  readonly owner: string;
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly purpose: NeededRecord["purpose"];
  /** Of a TXT record its text. */
  readonly content: string;
}

const INPUTS = ["zoneId", "zone", "owner", "name", "type", "purpose", "content"] as const;

export interface DnsRecordOutputs extends DnsRecordInputs {
  /** The record that we made; empty when somebody else's says the same. */
  readonly recordId: string;
  /** Its comment, our mark as we left it. */
  readonly comment: string;
  /** Whether Cloudflare answers with addresses in its place, which makes it useless. */
  readonly proxied: boolean;
}

/**
 * The kind `DnsRecord`: a record that the stack makes and keeps as it is. One that says the same already, in whatever
 * form, is left as it is; any other at a name that has to be ours alone is refused.
 */
export function dnsRecord(access: ZoneAccess) {
  const at = async ({ zoneId, name }: DnsRecordInputs): Promise<StoredRecord[]> =>
    (await access.zones()).records(zoneId, name);

  /** Whether somebody else's records say the same; for reports a wildcard may, as hosts that get many have one. */
  const isThere = async (inputs: DnsRecordInputs, there: readonly StoredRecord[]) => {
    const { zoneId, zone, name, type, purpose } = inputs;
    if (there.some((record) => saysTheSame(inputs, record))) return true;
    if (purpose !== "reports") return false;
    const known = { name: zone, records: await access.facts(zoneId) };
    return servedByWildcard(name, type, known).some((record) => saysTheSame(inputs, record));
  };

  /** @returns undefined when somebody else changed our record since it was read */
  const tryWrite = async (
    inputs: DnsRecordInputs,
    olds?: DnsRecordOutputs,
  ): Promise<DnsRecordOutputs | undefined> => {
    const { zoneId, name, type } = inputs;
    const zones = await access.zones();
    const there = await at(inputs);
    const comment = recordMark(inputs.owner);
    const content = type === "TXT" ? quoteTxt(inputs.content) : inputs.content;
    const outs = { ...pickDefined(inputs, INPUTS), comment, proxied: false };
    const found = ourRecord(there, inputs, olds);
    if (found !== undefined) {
      stopAt(othersProblem(found, inputs, olds));
      const done = { ...outs, recordId: found.id };
      const isSame = isSameContent(found, inputs.content);
      if (isSame && found.comment === comment && !found.proxied) return done;
      const written = isSame ? found.content : content;
      const isSet = await zones.setContent(zoneId, found.id, found.content, written, comment);
      return isSet ? done : undefined;
    }
    stopAt(...takenProblems(ownedBy(inputs, olds), inputs, there));
    if (await isThere(inputs, there)) return { ...outs, recordId: "" };
    return { ...outs, recordId: await zones.create(zoneId, { type, name, content, comment }) };
  };

  const write = async (inputs: DnsRecordInputs, olds?: DnsRecordOutputs) => {
    // The first try may rest on what was read earlier in the run.
    const outs = (await tryWrite(inputs, olds)) ?? (await tryWrite(inputs, olds));
    if (outs !== undefined) return outs;
    throw new Error(
      `somebody else keeps changing the record ${inputs.name}; run it again when they have finished`,
    );
  };

  /** Removes the record if we made it, and it still is as we left it or bears our mark. */
  const withdraw = (olds: DnsRecordOutputs): Promise<void> =>
    unlessZoneGone(access, olds, undefined, async () => {
      const { recordId, zoneId, owner, name, type } = olds;
      const found =
        recordId === "" ? undefined : (await at(olds)).find(({ id }) => id === recordId);
      if (found === undefined) return;
      const isAsRecorded = isSameContent(found, olds.content);
      if (ownershipOf(recordOwner(found.comment), { owner }, isAsRecorded) === "ours") {
        return (await access.zones()).remove(zoneId, recordId);
      }
      console.log(
        `the ${type} record ${name} was changed by somebody else, so it is left as it is`,
      );
    });

  return {
    async check(olds: Partial<DnsRecordInputs>, news: DnsRecordInputs) {
      const isKnown = olds.zoneId === news.zoneId && olds.name === news.name;
      if (isUnknown(news) || isKnown) return { inputs: news, failures: [] };
      try {
        const records = await access.facts(news.zoneId);
        const problems = takenProblems(ownedBy(news, olds), news, records);
        return { inputs: news, failures: outsideFailures(problems) };
      } catch (error) {
        return { inputs: news, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: DnsRecordOutputs, news: DnsRecordInputs) {
      if (isUnknown(news)) return { changes: true };
      const replaces = (["name", "type"] as const).filter((key) => olds[key] !== news[key]);
      const isOurs = olds.recordId !== "";
      const changes =
        replaces.length > 0 ||
        olds.zoneId !== news.zoneId ||
        !isSameContent(olds, news.content) ||
        (isOurs && (olds.proxied || olds.comment !== recordMark(news.owner)));
      return { changes, replaces, deleteBeforeReplace: true };
    },

    async create(inputs: DnsRecordInputs) {
      return { id: inputs.name, outs: await write(inputs) };
    },

    read: (id: string, olds: DnsRecordOutputs) =>
      unlessZoneGone(access, olds, { id: "", props: {} }, async () => {
        const there = await at(olds);
        if (olds.recordId === "") {
          const inputs = pickDefined(olds, INPUTS);
          return (await isThere(olds, there)) ? { id, props: olds, inputs } : { id: "", props: {} };
        }
        const found = there.find((record) => record.id === olds.recordId);
        if (found === undefined) return { id: "", props: {} };
        const content = isSameContent(found, olds.content) ? olds.content : found.content;
        const seen = { ...pickDefined(olds, INPUTS), content };
        const { comment, proxied } = found;
        return { id, props: { ...seen, recordId: olds.recordId, comment, proxied }, inputs: seen };
      }),

    async update(_id: string, olds: DnsRecordOutputs, news: DnsRecordInputs) {
      const outs = await write(news, olds);
      if (olds.zoneId !== news.zoneId) await withdraw(olds);
      return { outs };
    },

    delete: (_id: string, olds: DnsRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

/** The record that state knows, or that an interrupted run has made. A zone that was moved brought a copy along. */
function ourRecord(
  there: readonly StoredRecord[],
  inputs: DnsRecordInputs,
  olds: DnsRecordOutputs | undefined,
): StoredRecord | undefined {
  const isCopy = (record: StoredRecord) =>
    olds !== undefined &&
    olds.recordId !== "" &&
    olds.zoneId !== inputs.zoneId &&
    record.type === inputs.type &&
    isSameContent(record, olds.content);
  return (
    there.find(({ id }) => id === olds?.recordId) ??
    there.find(
      ({ type, comment }) =>
        type === inputs.type && isOwnedBy(recordOwner(comment), ownedBy(inputs, olds)),
    ) ??
    there.find(isCopy)
  );
}

/** Says that another stack's mark stands on a record that state knows. */
function othersProblem(
  { content, comment }: StoredRecord,
  inputs: DnsRecordInputs,
  olds: DnsRecordOutputs | undefined,
): Problem | undefined {
  const theirs = recordOwner(comment);
  if (theirs === undefined || isOwnedBy(theirs, ownedBy(inputs, olds))) return undefined;
  return otherStackProblem(inputs.name, content, theirs);
}

function stopAt(...problems: readonly (Problem | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw new Error(found.map(sentence).join("\n"));
}
