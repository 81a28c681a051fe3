import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../../mail/clouds.ts";
import { directoryIdProblem } from "../../mail/senders/names.ts";
import { inputFailures } from "../host/checkFailures.ts";
import { isUnknown } from "../host/props.ts";
import { otherTenant, type Tenants } from "../host/tenants.ts";
import { giveLicense, hasLicense, takeLicense } from "./assign.ts";

/** A licence for one user. */
export interface LicenseInputs {
  readonly tenantId: string;
  readonly environment: Environment;
  /** Object id of the user in Entra. */
  readonly user: string;
  /** The SKU's part number, e.g. `EXCHANGESTANDARD`. */
  readonly sku: string;
}

export interface LicenseOutputs extends LicenseInputs {
  readonly skuId: string;
  /** Whether the user had it before us, so that it is never taken away. */
  readonly preexisting: boolean;
}

/**
 * The kind `License`.
 *
 * @see https://learn.microsoft.com/graph/api/user-assignlicense
 */
export function license(tenants: Tenants) {
  return {
    async check(olds: Partial<LicenseInputs>, news: LicenseInputs) {
      const noUser = isUnknown(news.user) ? undefined : directoryIdProblem("user", news.user);
      return { inputs: news, failures: inputFailures([noUser, otherTenant(olds, news)]) };
    },

    /** A user that is not known yet is most often the same one: no preview of a change to its mailbox knows it. */
    async diff(_id: string, olds: LicenseOutputs, news: LicenseInputs) {
      const other = !isUnknown(news.user) && !isSame(olds.user, news.user);
      const swapped = isUnknown(news.sku) || !isSame(olds.sku, news.sku);
      const changes =
        other || swapped || isUnknown(news.user) || olds.environment !== news.environment;
      return { changes, replaces: other ? ["user"] : [], deleteBeforeReplace: true };
    },

    async create(inputs: LicenseInputs) {
      const { user, sku } = inputs;
      const given = await giveLicense(await tenants.graph(inputs), user, sku);
      const outs: LicenseOutputs = { ...inputsOf(inputs), ...given };
      return { id: user, outs };
    },

    async read(id: string, olds: LicenseOutputs) {
      const graph = await tenants.graph(olds);
      if (!(await hasLicense(graph, olds.user, olds.skuId))) return { id: "", props: {} };
      return { id, props: olds, inputs: inputsOf(olds) };
    },

    /** One licence goes for the other in one request, as a user's mailbox goes with its last one. */
    async update(_id: string, olds: LicenseOutputs, news: LicenseInputs) {
      const kept = { ...olds, ...inputsOf(news) };
      if (isSame(olds.sku, news.sku)) return { outs: kept };
      const { user, sku } = news;
      const before = olds.preexisting ? undefined : olds.skuId;
      const given = await giveLicense(await tenants.graph(news), user, sku, before);
      return { outs: { ...kept, ...given } };
    },

    /** Gone with its user, or by hand, is done. */
    async delete(_id: string, olds: LicenseOutputs) {
      if (olds.preexisting) return;
      await takeLicense(await tenants.graph(olds), olds.user, olds.skuId);
    },
  } satisfies pulumi.dynamic.ResourceProvider;
}

const isSame = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

const inputsOf = ({ tenantId, environment, user, sku }: LicenseInputs): LicenseInputs => ({
  tenantId,
  environment,
  user,
  sku,
});
