import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../mail/clouds.ts";
import { type DmarcStage, stageOf } from "../mail/dns/dmarc/strength.ts";
import { type DnsRecord as RecordOf, zoneOf } from "../mail/dns/record.ts";
import { type NeededRecord, recordsOf } from "../mail/dns/records.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import {
  DkimSigning,
  DkimSigningConfig,
  DmarcRecord,
  DnsRecord,
  MxRecord,
  SpfRecord,
} from "../providers/resources.ts";
import type { Zone } from "./cloudflareZones.ts";
import { atOnce, waitingChild } from "./options.ts";

/** Arguments of `MailDns`. */
export interface MailDnsArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack` */
  readonly owner: string;
  readonly domain: SendingDomain;
  /** Terms that its SPF record has to hold. */
  readonly spfTerms: readonly string[];
  /** Whether the DMARC record that the stack keeps for a parent domain covers it. */
  readonly coveredByParent: boolean;
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: pulumi.Input<string>;
  /** How many minutes an `up` waits for Microsoft and for DNS. */
  readonly waitMinutes: number;
  /** Zones of the stack's domains that we may write. */
  readonly zones: readonly Zone[];
}

/** A DNS record as the stack's outputs show it. */
export type PublishedRecord = RecordOf<pulumi.Output<string> | string>;

/** A sending domain in DNS: SPF, DKIM, DMARC, and what reports and replies need. */
export class MailDns extends pulumi.ComponentResource {
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly PublishedRecord[];
  /** What is missing until the domain's mail is signed, in one sentence; empty when nothing is. */
  readonly pending: pulumi.Output<string>;
  /** How strict its DMARC record is, and when the next step may come; undefined where the stack keeps none. */
  readonly dmarc: pulumi.Output<DmarcStage> | undefined;
  /** Records that belong into zones of other owners, who have to publish them. */
  readonly elsewhere: readonly PublishedRecord[];

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:MailDns", `${name}-dns`, {}, atOnce(opts));
    const { tenantId, environment, owner, domain, zones, waitMinutes } = args;
    const zone = domain.dns.host === "cloudflare" ? zoneOf(domain.name, zones) : undefined;
    const waiting = waitingChild(this, opts);
    const signing = { tenantId, environment, domain: domain.name, waitMinutes };

    const keys = domain.unmanaged.includes("dkim")
      ? undefined
      : new DkimSigningConfig(`${name}-dkim-config`, { ...signing, owner }, waiting);
    const nothing = pulumi.output("");
    const records = recordsOf(domain, {
      dkimTargets: [keys?.selector1CNAME ?? nothing, keys?.selector2CNAME ?? nothing],
      mxHost: pulumi.output(args.mxHost),
      zones: zones.map((known) => known.name),
    });
    const recordsFor = (...purposes: NeededRecord["purpose"][]) =>
      records.filter(({ purpose }) => purposes.includes(purpose));
    const publish = (record: Needed, target: Zone) =>
      createRecord(`${name}-${record.id}`, record, target, owner, waiting);

    const cnames =
      zone !== undefined && domain.dkim.records === "publish"
        ? recordsFor("dkim").map((record) => publish(record, zone))
        : [];
    const dkim =
      keys &&
      new DkimSigning(
        `${name}-dkim`,
        {
          ...signing,
          zone: zone?.name ?? domain.name,
          selector1CNAME: keys.selector1CNAME,
          selector2CNAME: keys.selector2CNAME,
          published: cnames.length > 0,
        },
        { ...waiting, ...(cnames.length > 0 && { dependsOn: cnames }) },
      );
    if (zone !== undefined) {
      const inZone = { zoneId: zone.id, zone: zone.name, owner, domain: domain.name };
      // What it will be says enough; the terms are sorted, so that one more moves others.
      const opts = { ...waiting, hideDiffs: ["terms"] };
      const manages = (part: (typeof domain.unmanaged)[number]) => !domain.unmanaged.includes(part);
      if (manages("spf")) {
        new SpfRecord(`${name}-spf`, { ...inZone, terms: [...args.spfTerms] }, opts);
      }
      if (!args.coveredByParent && manages("dmarc")) {
        const dmarc = new DmarcRecord(`${name}-dmarc`, { ...inZone, ...domain.dmarc }, waiting);
        this.dmarc = dmarc.after.apply(stageOf);
      }
      if (domain.name !== zone.name && manages("mx")) {
        new MxRecord(`${name}-mx`, { ...inZone, mxHost: args.mxHost }, waiting);
      }
      for (const record of recordsFor("mta-sts", "tls-rpt")) publish(record, zone);
      for (const record of recordsFor("service-dkim")) {
        createRecord(`${name}-${record.id}`, record, zone, owner, { ...waiting, protect: false });
      }
    }
    const reports = recordsFor("reports").map((record) => ({
      record,
      target: zoneOf(record.name, zones),
    }));
    for (const { record, target } of reports) {
      if (target !== undefined) publish(record, target);
    }
    this.pending = dkim?.pending ?? nothing;
    this.dkim = recordsFor("dkim").map(toOutput);
    this.elsewhere = reports.flatMap(({ record, target }) =>
      target === undefined ? [toOutput(record)] : [],
    );
    this.registerOutputs();
  }
}

type Needed = NeededRecord<pulumi.Output<string>>;

function createRecord(
  resourceName: string,
  { name, type, purpose, content = "" }: Needed,
  zone: Zone,
  owner: string,
  opts: pulumi.CustomResourceOptions,
): DnsRecord {
  if (type === "MX") throw new Error(`${name}: the kind MxRecord creates MX records`);
  const inZone = { zoneId: zone.id, zone: zone.name, owner };
  return new DnsRecord(resourceName, { ...inZone, name, type, purpose, content }, opts);
}

const toOutput = ({ name, type, content = "" }: Needed): PublishedRecord => ({
  name,
  type,
  content,
});
