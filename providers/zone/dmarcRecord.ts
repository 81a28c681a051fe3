import type * as pulumi from "@pulumi/pulumi";
import { type DmarcArgs, dmarcName, isDmarcRecord, planDmarc } from "../../mail/dns/dmarcPlan.ts";
import { recordMark } from "../../mail/dns/recordMark.ts";
import { quoteTxt, unquoteTxt } from "../../mail/dns/txt.ts";
import { sentence } from "../../mail/problem.ts";
import { domainProblem } from "../../mail/senders/domain.ts";
import { failureOf, failures, outsideFailures } from "../host/failures.ts";
import { isUnknown } from "../host/unknown.ts";
import type { ZoneAccess } from "./zones.ts";

export interface DmarcRecordInputs extends DmarcArgs {
  /** Cloudflare's id of the zone. */
  readonly zoneId: string;
  /** `project/stack` */
  readonly owner: string;
  readonly domain: string;
}

/** The inputs with what the check worked out, for whoever reads the preview. */
export interface CheckedDmarc extends DmarcRecordInputs {
  /** The record before us; empty when there was none. */
  readonly before: string;
  /** The record as it will be; empty when the domain goes on under its parent's. */
  readonly after: string;
}

export interface DmarcRecordOutputs extends CheckedDmarc {
  /** Empty when the domain goes on under its parent's record. */
  readonly recordId: string;
  /** The record's content before us, with its quotes; null when we made the record. */
  readonly original: string | null;
  /** Its content as we left it. */
  readonly written: string;
}

/**
 * The kind `DmarcRecord`: a domain's one DMARC record, made or, on request, taken over and put back.
 *
 * @see RFC 9989
 */
export function dmarcRecord(access: ZoneAccess) {
  const at = async ({ zoneId, domain }: DmarcRecordInputs) =>
    (await access.zones()).records(zoneId, dmarcName(domain));

  const write = async (
    inputs: CheckedDmarc,
    olds?: DmarcRecordOutputs,
  ): Promise<DmarcRecordOutputs> => {
    const zones = await access.zones();
    const original = olds?.original ?? undefined;
    const base = original === undefined ? undefined : unquoteTxt(original);
    const plan = await planDmarc(inputs, await at(inputs), access.resolve, base);
    if (plan.problems.length > 0) throw new Error(plan.problems.map(sentence).join("\n"));
    const { found, text } = plan;
    const outs = { ...argsOf(inputs), before: inputs.before, after: text };
    if (text === "") return { ...outs, recordId: "", original: null, written: "" };
    const content = quoteTxt(text);
    if (found === undefined) {
      const name = dmarcName(inputs.domain);
      const record = { type: "TXT" as const, name, content, comment: recordMark(inputs.owner) };
      const recordId = await zones.create(inputs.zoneId, record);
      return { ...outs, recordId, original: null, written: content };
    }
    const adopted = found.comment !== recordMark(inputs.owner);
    const same = unquoteTxt(found.content) === text;
    const done = {
      ...outs,
      recordId: found.id,
      original: adopted ? (olds?.original ?? found.content) : null,
      written: same ? found.content : content,
    };
    if (same || (await zones.setContent(inputs.zoneId, found.id, found.content, content))) {
      return done;
    }
    throw new Error(
      `the DMARC record of ${inputs.domain} is being changed by somebody else; run it again when they are done`,
    );
  };

  return {
    async check(olds: Partial<CheckedDmarc>, news: DmarcRecordInputs) {
      if (isUnknown(news)) return { inputs: news, failures: [] };
      const local = failures([domainProblem("domain", news.domain)]);
      const { before, after } = olds;
      if (before !== undefined && after !== undefined && sameWish(olds, news)) {
        return { inputs: { ...news, before, after }, failures: local };
      }
      if (local.length > 0) return { inputs: news, failures: local };
      try {
        const records = await access.facts(news.zoneId);
        const plan = await planDmarc(news, records, access.resolve, before || undefined);
        const text = plan.found === undefined ? "" : unquoteTxt(plan.found.content);
        const inputs = { ...news, before: before ?? text, after: plan.text };
        return { inputs, failures: outsideFailures(plan.problems) };
      } catch (error) {
        return { inputs: news, failures: failureOf(error) };
      }
    },

    async diff(_id: string, olds: DmarcRecordOutputs, news: CheckedDmarc) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.zoneId !== news.zoneId || olds.domain !== news.domain;
      const changes = other || !sameWish(olds, news) || olds.after !== news.after;
      return { changes, replaces: other ? ["domain"] : [], deleteBeforeReplace: true };
    },

    async create(inputs: CheckedDmarc) {
      return { id: dmarcName(inputs.domain), outs: await write(inputs) };
    },

    async read(id: string, olds: DmarcRecordOutputs) {
      const found = (await at(olds)).find(isDmarcRecord);
      const gone = found === undefined && olds.recordId !== "";
      if (gone) return { id: "", props: {} };
      const after = found === undefined ? "" : unquoteTxt(found.content);
      const seen = { ...argsOf(olds), before: olds.before, after };
      return { id, props: { ...olds, ...seen, recordId: found?.id ?? "" }, inputs: seen };
    },

    async update(_id: string, olds: DmarcRecordOutputs, news: CheckedDmarc) {
      return { outs: await write(news, olds) };
    },

    /** Ours goes; an adopted one is put back, unless somebody has changed it since. */
    async delete(_id: string, olds: DmarcRecordOutputs) {
      if (olds.recordId === "") return;
      const zones = await access.zones();
      if (olds.original === null) return zones.remove(olds.zoneId, olds.recordId);
      if (olds.original === olds.written) return;
      const { zoneId, recordId, written, original } = olds;
      if (await zones.setContent(zoneId, recordId, written, original)) return;
      console.log(
        `the DMARC record of ${olds.domain} was changed by somebody else and stays as it is; before us it was ${original}`,
      );
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

const argsOf = (inputs: DmarcRecordInputs): DmarcRecordInputs => ({
  zoneId: inputs.zoneId,
  owner: inputs.owner,
  domain: inputs.domain,
  adopt: inputs.adopt,
  rua: inputs.rua,
  ...(inputs.policy === undefined ? {} : { policy: inputs.policy }),
  ...(inputs.subdomainPolicy === undefined ? {} : { subdomainPolicy: inputs.subdomainPolicy }),
});

const sameWish = (olds: Partial<DmarcRecordInputs>, news: DmarcRecordInputs): boolean =>
  olds.zoneId === news.zoneId &&
  olds.domain === news.domain &&
  olds.adopt === news.adopt &&
  olds.policy === news.policy &&
  olds.subdomainPolicy === news.subdomainPolicy &&
  olds.rua?.join() === news.rua.join();
