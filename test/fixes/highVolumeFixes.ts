import { sentence } from "../../mail/problem.ts";
import { hveProblems } from "../../providers/exchange/hveProblems.ts";
import { valuesOf } from "../../providers/host/settled.ts";
import type { ProviderFixture } from "../unit/providers/fixture.ts";
import type { Refusal } from "./follow.ts";

/** Whether a stack's sender uses High Volume Email. */
interface Declared {
  readonly isHighVolume: boolean;
  readonly billingPolicyId?: string;
}

/** Each refusal of an account of High Volume Email, in a tenant in the lab. */
export function highVolumeFixes(fixture: ProviderFixture): Refusal<Declared>[] {
  const { world } = fixture.lab;
  const account = {
    owner: "relay/test/alerts",
    address: `alerts@${fixture.domain}`,
    name: "relay-test-alerts",
  };
  const refusals = async ({ isHighVolume, ...more }: Declared): Promise<string[]> => {
    const added = isHighVolume ? [{ ...account, ...more }] : [];
    const outcomes = await hveProblems(fixture.run(), fixture.tenant, {
      added,
      before: [],
      kept: [],
    });
    return outcomes.flatMap(valuesOf).flat().map(sentence);
  };
  const wanted = { isHighVolume: true } as const;
  return [
    {
      title: "High Volume Email in a tenant without a billing policy",
      make() {
        fixture.reset();
        world.billingPolicies = [];
        return wanted;
      },
      says: /can name no billing policy, as the tenant has none for High Volume Email, [^;]*/,
      fixes: [
        [
          /add one in the Microsoft 365 admin centre \(Billing, Pay-as-you-go\), connect it to High Volume Email, and run it again/,
          (one) => {
            fixture.reset();
            return one;
          },
        ],
      ],
      refusals,
    },
    ...([undefined, "00000000-1111-4222-8333-444444444444"] as const).map(
      (billingPolicyId): Refusal<Declared> => ({
        title: `High Volume Email with ${billingPolicyId === undefined ? "no" : "a strange"} name of several billing policies`,
        make() {
          fixture.reset();
          const [policy] = world.billingPolicies;
          if (policy === undefined) throw new Error("the lab has no billing policy");
          world.billingPolicies = [policy, { ...policy, id: policy.id.replace(/^./, "0") }];
          return { ...wanted, ...(billingPolicyId !== undefined && { billingPolicyId }) };
        },
        says:
          billingPolicyId === undefined
            ? /is missing, and the tenant has 2 billing policies for High Volume Email, [^;]*/
            : /is no billing policy of the tenant for High Volume Email[^;]*/,
        fixes: [
          [
            /set it to one of \S+ \([^)]*\), \S+ \([^)]*\)/,
            (one) => ({ ...one, billingPolicyId: world.billingPolicies[0]?.id ?? "" }),
          ],
        ],
        refusals,
      }),
    ),
  ];
}
