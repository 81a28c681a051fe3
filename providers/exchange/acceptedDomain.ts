import type { Environment } from "../../mail/clouds.ts";
import { GRAPH_PERMISSIONS } from "../../mail/rights/graph.ts";
import type { Needs } from "../../mail/rights/needs.ts";
import { canonicalDomain, domainNotAccepted, domainProblem } from "../../mail/senders/domain.ts";
import { inputFailures, readFailures } from "../host/checkFailures.ts";
import type { Kind } from "../host/dynamicProvider.ts";
import { isUnknown } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";

/** A domain that the tenant has verified. It is read, never made or removed. */
export interface AcceptedDomainInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  readonly domain: string;
}

export interface AcceptedDomainOutputs extends AcceptedDomainInputs {
  /** Host that Exchange receives the domain's mail on, and that relays connect to on port 25. */
  readonly mxHost: string;
}

/** The kind `AcceptedDomain`. The preview already refuses a domain that the tenant has not verified. */
const PERMISSIONS: Needs = {
  read: [GRAPH_PERMISSIONS.domains],
  write: [GRAPH_PERMISSIONS.domains],
};

export function acceptedDomain(tenants: Tenants) {
  const outputs = async (inputs: AcceptedDomainInputs): Promise<AcceptedDomainOutputs> => {
    const { tenantId, environment, domain } = inputs;
    const mxHost = await (await tenants.graph(inputs)).mxHost(domain);
    return { tenantId, environment, domain, mxHost };
  };

  return {
    needs: { permissions: PERMISSIONS },

    async check(olds: Partial<AcceptedDomainInputs>, news: AcceptedDomainInputs) {
      if (isUnknown(news)) return { inputs: news, failures: [] };
      const inputs = { ...news, domain: canonicalDomain(news.domain) };
      const local = inputFailures([domainProblem("domain", news.domain), otherTenant(olds, news)]);
      if (local.length > 0 || olds.domain === inputs.domain) return { inputs, failures: local };
      try {
        const { acceptedDomains } = await tenants.facts(inputs);
        const refused = domainNotAccepted("domain", inputs.domain, acceptedDomains);
        return { inputs, failures: inputFailures([refused]) };
      } catch (error) {
        return { inputs, failures: readFailures(error) };
      }
    },

    async diff(_id: string, olds: AcceptedDomainOutputs, news: AcceptedDomainInputs) {
      if (isUnknown(news)) return { changes: true };
      const other = olds.domain !== news.domain;
      const changes = other || olds.environment !== news.environment;
      return { changes, replaces: other ? ["domain"] : [] };
    },

    async create(inputs: AcceptedDomainInputs) {
      return { id: inputs.domain, outs: await outputs(inputs) };
    },

    async read(id: string, olds: AcceptedDomainOutputs) {
      const { tenantId, environment, domain } = olds;
      const accepted = await tenants.lists(olds).acceptedDomains.find(domain);
      if (accepted === undefined) return { id: "", props: {} };
      return { id, props: await outputs(olds), inputs: { tenantId, environment, domain } };
    },

    async update(_id: string, _olds: AcceptedDomainOutputs, news: AcceptedDomainInputs) {
      return { outs: await outputs(news) };
    },

    /** The domain is the tenant's: nothing to remove. */
    async delete() {},
  } satisfies Kind;
}
