import * as pulumi from "@pulumi/pulumi";
import type { KindName } from "../exchange.ts";
import type { AcceptedDomainInputs } from "./acceptedDomain.ts";
import type { InboundConnectorInputs } from "./inboundConnector.ts";

/** The clouds by the azuread provider's own names. */
export type Environment = AcceptedDomainInputs["environment"];

type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/**
 * A resource of our dynamic provider. What state keeps of the provider is one line that loads it from the
 * checkout, not a copy of its code, so that a fix reaches the resources that exist already.
 */
class ExchangeResource extends pulumi.CustomResource {
  constructor(
    kind: KindName,
    name: string,
    props: pulumi.Inputs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    const __provider = `exports.handler = () => require("./providers/exchange.ts").handler("${kind}");`;
    super(`pulumi-nodejs:dynamic/exchange:${kind}`, name, { ...props, __provider }, opts);
  }
}

/** A domain that the tenant has verified; looked at, never made or removed. */
export class AcceptedDomain extends ExchangeResource {
  /** Host that relays connect to on port 25. */
  declare readonly mxHost: pulumi.Output<string>;

  constructor(name: string, args: Args<AcceptedDomainInputs>, opts?: pulumi.CustomResourceOptions) {
    super("AcceptedDomain", name, { mxHost: undefined, ...args }, opts);
  }
}

/** An inbound connector of type OnPremises: what lets a sender's server relay through Exchange Online. */
export class InboundConnector extends ExchangeResource {
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
    super("InboundConnector", name, { guid: undefined, pending: undefined, ...args }, opts);
  }
}
