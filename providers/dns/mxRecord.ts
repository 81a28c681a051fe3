import type * as pulumi from "@pulumi/pulumi";
import { takesReplies } from "../../mail/dns/receiving.ts";
import type { StoredRecord } from "../../mail/dns/record.ts";
import { recordMark } from "../../mail/ownership.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import type { Zones } from "../../zone/cloudflare.ts";
import { inputFailures } from "../host/checkFailures.ts";
import { isUnknown, pickDefined } from "../host/props.ts";
import type { ZoneAccess } from "../host/zones.ts";
import { beingChanged } from "./writeTxt.ts";

/** A sending subdomain, to which replies have to be possible. */
export interface MxRecordInputs {
  /** Cloudflare's id of the zone. */
  readonly zoneId: string;
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: string;
}

const INPUTS = ["zoneId", "owner", "domain", "mxHost"] as const;

export interface MxRecordOutputs extends MxRecordInputs {
  /** The record that we made; empty when the domain had an MX or an address of its own. */
  readonly recordId: string;
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

  /** Points our record to the host, leaves the owner's record as it is, or makes one where there is none. */
  const settle = async (inputs: MxRecordInputs, known = ""): Promise<MxRecordOutputs> => {
    const there = await at(inputs);
    const zones = await access.zones();
    const ours = there.find(({ id }) => id === known) ?? there.find(isMarked(inputs));
    if (ours !== undefined) {
      if (ours.content !== inputs.mxHost) await change(zones, inputs, ours);
      return { ...pickDefined(inputs, INPUTS), recordId: ours.id };
    }
    if (takesReplies(there)) return { ...pickDefined(inputs, INPUTS), recordId: "" };
    const recordId = await zones.create(inputs.zoneId, {
      type: "MX",
      name: inputs.domain,
      content: inputs.mxHost,
      priority: PREFERENCE,
      comment: recordMark(inputs.owner),
    });
    return { ...pickDefined(inputs, INPUTS), recordId };
  };

  return {
    async check(_olds: Partial<MxRecordInputs>, news: MxRecordInputs) {
      if (isUnknown(news.domain)) return { inputs: news, failures: [] };
      return { inputs: news, failures: inputFailures([domainProblem("domain", news.domain)]) };
    },

    async diff(_id: string, olds: MxRecordOutputs, news: MxRecordInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.zoneId !== news.zoneId || olds.domain !== news.domain;
      const changes = other || (olds.recordId !== "" && olds.mxHost !== news.mxHost);
      return { changes, replaces: other ? ["domain"] : [], deleteBeforeReplace: true };
    },

    async create(inputs: MxRecordInputs) {
      return { id: inputs.domain, outs: await settle(inputs) };
    },

    async read(id: string, olds: MxRecordOutputs) {
      const there = await at(olds);
      const ours = there.find(({ id: recordId }) => recordId === olds.recordId);
      if (ours === undefined && !takesReplies(there)) return { id: "", props: {} };
      const mxHost = ours === undefined ? olds.mxHost : ours.content;
      const seen = { ...pickDefined(olds, INPUTS), mxHost };
      return { id, props: { ...seen, recordId: ours?.id ?? "" }, inputs: seen };
    },

    async update(_id: string, olds: MxRecordOutputs, news: MxRecordInputs) {
      return { outs: await settle(news, olds.recordId) };
    },

    async delete(_id: string, olds: MxRecordOutputs) {
      if (olds.recordId === "") return;
      await (await access.zones()).remove(olds.zoneId, olds.recordId);
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

const isMarked =
  ({ owner }: MxRecordInputs) =>
  ({ type, comment }: StoredRecord): boolean =>
    type === "MX" && comment === recordMark(owner);

async function change(
  zones: Zones,
  { zoneId, domain, mxHost }: MxRecordInputs,
  ours: StoredRecord,
) {
  if (await zones.setContent(zoneId, ours.id, ours.content, mxHost)) return;
  throw beingChanged("MX", domain);
}
