import type * as pulumi from "@pulumi/pulumi";
import { takesReplies } from "../../mail/dns/receiving.ts";
import type { StoredRecord } from "../../mail/dns/record.ts";
import {
  isOwnedBy,
  otherStackProblem,
  ownershipOf,
  recordMark,
  recordOwner,
} from "../../mail/ownership.ts";
import { sentence } from "../../mail/problem.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import { inputFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import { type InZone, otherDomain, ownedBy, unlessZoneGone } from "./inZone.ts";
import { beingChanged } from "./writeTxt.ts";

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
    const owners = ownedBy(inputs, olds);
    const known = there.find(({ id }) => id === olds?.recordId);
    const marked = there.find(
      (record) => record.type === "MX" && isOwnedBy(recordOwner(record.comment), owners),
    );
    // A zone that was moved brought a copy along.
    const moved = olds !== undefined && olds.recordId !== "" && olds.zoneId !== inputs.zoneId;
    const copy = there.find(({ type, content }) => type === "MX" && content === olds?.mxHost);
    const ours = known ?? marked ?? (moved ? copy : undefined);
    if (ours !== undefined) {
      const theirs = recordOwner(ours.comment);
      if (theirs !== undefined && !isOwnedBy(theirs, owners)) {
        throw new Error(
          sentence(otherStackProblem(`MX of ${inputs.domain}`, ours.content, theirs)),
        );
      }
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

  const settle = async (inputs: MxRecordInputs, olds?: MxRecordOutputs) => {
    // The first try may rest on what was read earlier in the run.
    const outs = (await trySettle(inputs, olds)) ?? (await trySettle(inputs, olds));
    if (outs === undefined) throw beingChanged("MX", inputs.domain);
    return outs;
  };

  /** Removes the record if we made it, and it still is as we left it or bears our mark. */
  const withdraw = (olds: MxRecordOutputs): Promise<void> =>
    unlessZoneGone(access, olds, undefined, async () => {
      const { recordId, zoneId, owner, mxHost, domain } = olds;
      const found =
        recordId === "" ? undefined : (await at(olds)).find(({ id }) => id === recordId);
      if (found === undefined) return;
      if (isOurs(found, { owner, mxHost })) {
        return (await access.zones()).remove(zoneId, recordId);
      }
      console.log(
        `the MX record of ${domain} was changed by somebody else, so it is left as it is`,
      );
    });

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

    async update(_id: string, olds: MxRecordOutputs, news: MxRecordInputs) {
      const outs = await settle(news, olds);
      if (olds.zoneId !== news.zoneId) await withdraw(olds);
      return { outs };
    },

    delete: (_id: string, olds: MxRecordOutputs) => withdraw(olds),
  } satisfies pulumi.dynamic.ResourceProvider;
}

const isOurs = (
  { content, comment }: StoredRecord,
  { owner, mxHost }: Pick<MxRecordInputs, "owner" | "mxHost">,
): boolean => ownershipOf(recordOwner(comment), { owner }, content === mxHost) === "ours";
