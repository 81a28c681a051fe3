import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { SpfRecordInputs } from "../spf/spfRecord.ts";
import type { DmarcRecordInputs } from "./dmarcRecord.ts";
import type { MxRecordInputs } from "./mxRecord.ts";

/** Our terms in a domain's SPF record. */
export class SpfRecord extends DynamicResource {
  /** The whole record. */
  declare readonly after: pulumi.Output<string>;

  constructor(name: string, args: Args<SpfRecordInputs>, opts?: pulumi.CustomResourceOptions) {
    super("spf", "SpfRecord", name, { after: undefined, ...args }, opts);
  }
}

/** A domain's DMARC record. */
export class DmarcRecord extends DynamicResource {
  /** The whole record; empty when the domain goes on under its parent's. */
  declare readonly after: pulumi.Output<string>;

  constructor(name: string, args: Args<DmarcRecordInputs>, opts?: pulumi.CustomResourceOptions) {
    super("zone", "DmarcRecord", name, { after: undefined, ...args }, opts);
  }
}

/** The MX record of a sending subdomain that could not be answered otherwise. */
export class MxRecord extends DynamicResource {
  constructor(name: string, args: Args<MxRecordInputs>, opts?: pulumi.CustomResourceOptions) {
    super("zone", "MxRecord", name, { ...args }, opts);
  }
}
