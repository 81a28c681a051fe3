import type * as pulumi from "@pulumi/pulumi";
import { takesReplies } from "../../mail/dns/receiving.ts";
import type { StoredRecord } from "../../mail/dns/record.ts";
import { recordMark } from "../../mail/ownership.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import { inputFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import {
  type InZone,
  otherDomain,
  stopAt,
  unlessZoneGone,
  untilUncrossed,
  updateInZone,
} from "./inZone.ts";
import { othersProblem, ourRecord, removeOurs } from "./ownRecord.ts";

/** A sending subdomain, to which replies have to be possible. */
export interface MxRecordInputs extends InZone {
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: string;
}

const INPUTS = ["zoneId", "zone", "owner", "domain", "mxHost"] as const;

export interface MxRecordOutputs extends MxRecordInputs {
  /** The record that we made; empty when the domain had an MX or an address of its own. */
  readonly recordId: string;
  /** Its comment, our mark as we left it. */
  readonly comment: string;
}

/** Preference of the only MX record. */
const PREFERENCE = 0;

/**
 * The kind `MxRecord`: an MX record for a sending subdomain that has neither MX nor address. Exchange sends mail of
 * a domain that can't be answered through its high-risk pool. A record that is there is never touched.
 *
 * @see https://learn.microsoft.com/defender-office-365/outbound-spam-high-risk-delivery-pool-about
 */
export function mxRecord(access: ZoneAccess) {
  const at = async ({ zoneId, domain }: MxRecordInputs) =>
    (await access.zones()).records(zoneId, domain);

  /**
   * Points our record to the host, leaves the owner's record as it is, or makes one where there is none.
   *
   * @returns undefined when somebody else changed our record since it was read
   */
  const trySettle = async (
    inputs: MxRecordInputs,
    olds?: MxRecordOutputs,
  ): Promise<MxRecordOutputs | undefined> => {
    const there = await at(inputs);
    const zones = await access.zones();
    const comment = recordMark(inputs.owner);
    const outs = { ...pickDefined(inputs, INPUTS), comment };
    const ours = ourRecord(there, "MX", inputs, olds, isAsLeft);
    if (ours !== undefined) {
      stopAt([othersProblem(`MX of ${inputs.domain}`, ours, inputs, olds)]);
      const { zoneId, mxHost } = inputs;
      const done = { ...outs, recordId: ours.id };
      if (ours.content === mxHost && ours.comment === comment) return done;
      const isSet = await zones.setContent(zoneId, ours.id, ours.content, mxHost, comment);
      return isSet ? done : undefined;
    }
    if (takesReplies(there)) return { ...outs, recordId: "" };
    const recordId = await zones.create(inputs.zoneId, {
      type: "MX",
      name: inputs.domain,
      content: inputs.mxHost,
      priority: PREFERENCE,
      comment,
    });
    return { ...outs, recordId };
  };

  const settle = (inputs: MxRecordInputs, olds?: MxRecordOutputs) =>
    untilUncrossed(() => trySettle(inputs, olds), `the MX record of ${inputs.domain}`);

  const withdraw = (olds: MxRecordOutputs): Promise<void> =>
    removeOurs(access, olds, olds.domain, `the MX record of ${olds.domain}`, (record) =>
      isAsLeft(record, olds),
    );

  return {
    async check(_olds: Partial<MxRecordInputs>, news: MxRecordInputs) {
      if (isUnknown(news.domain)) return { inputs: news, failures: [] };
      return { inputs: news, failures: inputFailures([domainProblem("domain", news.domain)]) };
    },

    async diff(_id: string, olds: MxRecordOutputs, news: MxRecordInputs) {
      if (isUnknown(news)) return { changes: true };
      const differs = olds.mxHost !== news.mxHost || olds.comment !== recordMark(news.owner);
      const moves = olds.zoneId !== news.zoneId || olds.domain !== news.domain;
      return {
        changes: moves || (olds.recordId !== "" && differs),
        replaces: otherDomain(olds, news),
        deleteBeforeReplace: true,
      };
    },

    async create(inputs: MxRecordInputs) {
      return { id: inputs.domain, outs: await settle(inputs) };
    },

    read: (id: string, olds: MxRecordOutputs) =>
      unlessZoneGone(access, olds, { id: "", props: {} }, async () => {
        const there = await at(olds);
        const ours = there.find(({ id: recordId }) => recordId === olds.recordId);
        if (ours === undefined && !takesReplies(there)) return { id: "", props: {} };
        const mxHost = ours === undefined ? olds.mxHost : ours.content;
        const seen = { ...pickDefined(olds, INPUTS), mxHost };
        const comment = ours?.comment ?? "";
        return { id, props: { ...seen, comment, recordId: ours?.id ?? "" }, inputs: seen };
      }),

    update: updateInZone(settle, withdraw),

    delete: (_id: string, olds: MxRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

const isAsLeft = ({ content }: StoredRecord, { mxHost }: MxRecordOutputs): boolean =>
  content === mxHost;
