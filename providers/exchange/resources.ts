import type * as pulumi from "@pulumi/pulumi";
import { type Args, DynamicResource } from "../host/dynamicResource.ts";
import type { AcceptedDomainInputs } from "./acceptedDomain.ts";
import type { DkimSigningInputs } from "./dkimSigning.ts";
import type { DkimSigningConfigInputs } from "./dkimSigningConfig.ts";
import type { InboundConnectorInputs } from "./inboundConnector.ts";

/** The clouds by the azuread provider's own names. */
export type Environment = AcceptedDomainInputs["environment"];

/** A domain that the tenant has verified; looked at, never made or removed. */
export class AcceptedDomain extends DynamicResource {
  /** Host that relays connect to on port 25. */
  declare readonly mxHost: pulumi.Output<string>;

  constructor(name: string, args: Args<AcceptedDomainInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "AcceptedDomain", name, { mxHost: undefined, ...args }, opts);
  }
}

/** An inbound connector of type OnPremises: what lets a sender's server relay through Exchange Online. */
export class InboundConnector extends DynamicResource {
  /** Its name in Exchange. */
  declare readonly name: pulumi.Output<string>;
  /** Exchange's own id, a GUID. */
  declare readonly guid: pulumi.Output<string>;
  /** What is missing until it relays, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<InboundConnectorInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(
      "exchange",
      "InboundConnector",
      name,
      { guid: undefined, pending: undefined, ...args },
      opts,
    );
  }
}

/** The keys that Exchange signs a domain's mail with. */
export class DkimSigningConfig extends DynamicResource {
  /** What the CNAME records `selector1._domainkey` and `selector2._domainkey` have to lead to. */
  declare readonly selector1CNAME: pulumi.Output<string>;
  declare readonly selector2CNAME: pulumi.Output<string>;

  constructor(
    name: string,
    args: Args<DkimSigningConfigInputs>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const outputs = { selector1CNAME: undefined, selector2CNAME: undefined };
    super("exchange", "DkimSigningConfig", name, { ...outputs, ...args }, opts);
  }
}

/** Whether Exchange signs a domain's mail with the domain's own keys. */
export class DkimSigning extends DynamicResource {
  /** What is missing until it signs, in one sentence; empty when nothing is. */
  declare readonly pending: pulumi.Output<string>;

  constructor(name: string, args: Args<DkimSigningInputs>, opts?: pulumi.CustomResourceOptions) {
    super("exchange", "DkimSigning", name, { pending: undefined, ...args }, opts);
  }
}
