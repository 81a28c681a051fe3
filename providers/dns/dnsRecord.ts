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
import { recordMark } from "../../mail/ownership.ts";
import { outsideFailures, readFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import {
  type InZone,
  ownedBy,
  stopAt,
  unlessZoneGone,
  untilUncrossed,
  updateInZone,
} from "./inZone.ts";
import { othersProblem, ourRecord, removeOurs } from "./ownRecord.ts";

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
    const found = ourRecord(there, type, inputs, olds, isAsLeft);
    if (found !== undefined) {
      stopAt([othersProblem(name, found, inputs, olds)]);
      const done = { ...outs, recordId: found.id };
      const isSame = isSameContent(found, inputs.content);
      if (isSame && found.comment === comment && !found.proxied) return done;
      const written = isSame ? found.content : content;
      const isSet = await zones.setContent(zoneId, found.id, found.content, written, comment);
      return isSet ? done : undefined;
    }
    stopAt(takenProblems(ownedBy(inputs, olds), inputs, there));
    if (await isThere(inputs, there)) return { ...outs, recordId: "" };
    return { ...outs, recordId: await zones.create(zoneId, { type, name, content, comment }) };
  };

  const write = (inputs: DnsRecordInputs, olds?: DnsRecordOutputs) =>
    untilUncrossed(() => tryWrite(inputs, olds), `the record ${inputs.name}`);

  const withdraw = (olds: DnsRecordOutputs): Promise<void> =>
    removeOurs(access, olds, olds.name, `the ${olds.type} record ${olds.name}`, (record) =>
      isAsLeft(record, olds),
    );

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

    update: updateInZone(write, withdraw),

    delete: (_id: string, olds: DnsRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

const isAsLeft = (record: StoredRecord, { content }: DnsRecordOutputs): boolean =>
  isSameContent(record, content);
