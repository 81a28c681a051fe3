import type { SubscribedSku } from "../mail/senders/license.ts";
import type { CompanySubscription, Graph } from "./graph.ts";
import { isForbidden } from "./graphClient.ts";

/** What a tenant has bought. */
export interface TenantSubscriptions {
  readonly skus: readonly SubscribedSku[];
  /** Which of it are trials; undefined where the app may not see that. */
  readonly owned: readonly CompanySubscription[] | undefined;
}

/** Reads what a tenant has bought. An app without Organization.Read.All gets no answer about trials. */
export async function readSubscriptions(graph: Graph): Promise<TenantSubscriptions> {
  const [skus, owned] = await Promise.all([
    graph.subscriptions(),
    graph.companySubscriptions().catch((error: Error) => {
      if (isForbidden(error)) return undefined;
      throw error;
    }),
  ]);
  return { skus, owned };
}
