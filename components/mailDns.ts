import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import * as pulumi from "@pulumi/pulumi";
import { selectorName } from "../mail/dns/dkim/selector.ts";
import { reportAuthorizations } from "../mail/dns/dmarc/reports.ts";
import { type DmarcStage, stageOf } from "../mail/dns/dmarc/strength.ts";
import { inboundRecords } from "../mail/dns/receiving.ts";
import { TTL, zoneOf } from "../mail/dns/record.ts";
import type { SendingDomain } from "../mail/dns/sendingDomain.ts";
import { quoteTxt } from "../mail/dns/txt.ts";
import { recordMark } from "../mail/ownership.ts";
import {
  DkimSigning,
  DkimSigningConfig,
  DmarcRecord,
  type Environment,
  MxRecord,
  SpfRecord,
} from "../providers/resources.ts";
import type { Zone } from "./cloudflareZones.ts";

/** What a domain's DNS is made of. */
export interface MailDnsArgs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** `project/stack` */
  readonly owner: string;
  readonly domain: SendingDomain;
  /** Terms that its SPF record has to hold. */
  readonly spfTerms: readonly string[];
  /** Whether it goes on under the DMARC record that the stack keeps for a domain above it. */
  readonly coveredByParent: boolean;
  /** Host that Exchange receives the domain's mail on. */
  readonly mxHost: pulumi.Input<string>;
  /** How long an `up` waits for what others have to do. */
  readonly waitMinutes: number;
  /** Zones of the stack's domains that we may write. */
  readonly zones: readonly Zone[];
}

/** A DNS record that a domain has to have. */
export interface WantedRecord {
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly content: pulumi.Output<string> | string;
}

/** A sending domain in DNS: SPF, DKIM, DMARC, and what reports and replies need. */
export class MailDns extends pulumi.ComponentResource {
  /** The CNAME records that DKIM needs. */
  readonly dkim: readonly WantedRecord[];
  /** What is missing until the domain's mail is signed, in one sentence; empty when nothing is. */
  readonly pending: pulumi.Output<string>;
  /** How strict its DMARC record is, and when the next step may come; undefined where the stack keeps none. */
  readonly dmarc: pulumi.Output<DmarcStage> | undefined;
  /** Records for zones of other people, who have to be asked. */
  readonly elsewhere: readonly WantedRecord[];

  constructor(name: string, args: MailDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("m365-smtp-relay:index:MailDns", `${name}-dns`, {}, opts);
    const { tenantId, environment, owner, domain, waitMinutes } = args;
    const zone = domain.dns.host === "cloudflare" ? zoneOf(domain.name, args.zones) : undefined;
    const child = { parent: this };
    // Components hand on what protects them, but not what they depend on: those whose check looks at the zone wait.
    const looking = { ...child, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) };
    const signing = { tenantId, environment, domain: domain.name, waitMinutes };

    const config = new DkimSigningConfig(`${name}-dkim-config`, { ...signing, owner }, child);
    const { selector1CNAME, selector2CNAME } = config;
    this.dkim = [
      cname(selectorName("selector1", domain.name), selector1CNAME),
      cname(selectorName("selector2", domain.name), selector2CNAME),
    ];
    const record = (
      suffix: string,
      { name: recordName, type, content }: WantedRecord,
      { id }: Zone,
    ) =>
      new DnsRecord(
        `${name}-${suffix}`,
        {
          zoneId: id,
          name: recordName,
          type,
          content: type === "TXT" ? pulumi.output(content).apply(quoteTxt) : content,
          ttl: TTL,
          proxied: false,
          comment: recordMark(owner),
          ...(type === "CNAME" ? { settings: { flattenCname: false } } : {}),
        },
        child,
      );
    const published =
      zone !== undefined && domain.dkim.records === "publish"
        ? this.dkim.map((wanted, index) => record(`dkim-selector${index + 1}`, wanted, zone))
        : [];
    const dkim = new DkimSigning(
      `${name}-dkim`,
      {
        ...signing,
        zone: zone?.name ?? domain.name,
        selector1CNAME,
        selector2CNAME,
        published: published.length > 0,
      },
      { ...child, dependsOn: published },
    );
    this.pending = dkim.pending;

    const reports = reportAuthorizations(
      domain.name,
      [{ name: "rua", value: domain.dmarc.rua.join() }],
      args.zones.map(({ name: zoneName }) => zoneName),
    );
    this.elsewhere = reports
      .filter((wanted) => zoneOf(wanted.name, args.zones) === undefined)
      .map(({ name: recordName, text }) => ({ name: recordName, type: "TXT", content: text }));
    if (zone !== undefined) {
      const inZone = { zoneId: zone.id, owner, domain: domain.name };
      new SpfRecord(`${name}-spf`, { ...inZone, terms: [...args.spfTerms] }, looking);
      if (!args.coveredByParent) {
        const dmarc = new DmarcRecord(`${name}-dmarc`, { ...inZone, ...domain.dmarc }, looking);
        this.dmarc = dmarc.after.apply(stageOf);
      }
      if (domain.name !== zone.name) {
        new MxRecord(`${name}-mx`, { ...inZone, mxHost: args.mxHost }, child);
      }
      for (const { protection, name: recordName, text } of inboundRecords(domain)) {
        record(protection, { name: recordName, type: "TXT", content: text }, zone);
      }
    }
    for (const { name: recordName, text } of reports) {
      const target = zoneOf(recordName, args.zones);
      const wanted: WantedRecord = { name: recordName, type: "TXT", content: text };
      const host = recordName.slice(recordName.indexOf("._dmarc.") + "._dmarc.".length);
      if (target !== undefined) record(`reports-to-${host}`, wanted, target);
    }
    this.registerOutputs({});
  }
}

const cname = (name: string, content: pulumi.Output<string>): WantedRecord => ({
  name,
  type: "CNAME",
  content,
});
