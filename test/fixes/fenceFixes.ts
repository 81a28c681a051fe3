import { type DeclaredFence, fencePattern } from "../../mail/exchange/fence.ts";
import { openZones } from "../../providers/host/zones.ts";
import { survey } from "../../providers/survey.ts";
import { surveyInputs } from "../../providers/surveyInputs.ts";
import type { ProviderFixture } from "../unit/providers/fixture.ts";
import { lifeOf } from "../unit/providers/life.ts";
import type { Refusal } from "./follow.ts";

/** The fences of a stack; undefined once its senders have none. */
type Fences = readonly DeclaredFence[];

/** Each refusal of a fence that only the tenant shows, in a tenant in the lab. */
export function fenceFixes(fixture: ProviderFixture): Refusal<Fences>[] {
  const { lab, tenant, domain } = fixture;
  const OWNER = "relay/test";
  const declared = (from: readonly string[] = [`scan@${domain}`], name = "relay-test-erp") => [
    { owner: `${OWNER}/erp`, name, senderIpRanges: ["198.51.100.7"], from },
  ];
  const byHand = (Name: string, more: object = {}) =>
    lab.admin("New-TransportRule", { Name, PrependSubject: "[x]", ...more });
  const remove = (Identity: string) => lab.admin("Remove-TransportRule", { Identity });
  const refusals = (fences: Fences) => {
    const inputs = surveyInputs({
      ...{ ...tenant, owner: OWNER, domains: [], connectors: [], mailboxes: [], senders: {} },
      fences: fences.map((fence) => ({ ...tenant, ...fence })),
    });
    return lifeOf(() => survey(fixture.run(), openZones())).refusals(inputs);
  };
  const row = (
    title: string,
    make: () => void,
    says: RegExp,
    fixes: Refusal<Fences>["fixes"],
  ): Refusal<Fences> => ({
    ...{ title, says, fixes, refusals },
    make() {
      fixture.reset();
      make();
      return declared();
    },
  });
  const without = () => [];
  const act = (what: () => unknown) => (fences: Fences) => {
    what();
    return fences;
  };
  return [
    row(
      "a rule of its name",
      () => byHand("Relay-test-ERP"),
      /fence of erp: name: "Relay-test-ERP" is the name of a mail flow rule that exists already and is not ours [^;]*/,
      [
        [
          /rename it/,
          act(() => lab.admin("Set-TransportRule", { Identity: "relay-test-erp", Name: "old" })),
        ],
        [/give the stack or the sender another name/, () => declared(undefined, "relay-test-crm")],
      ],
    ),
    row(
      "a tenant with 300 rules",
      () => {
        for (let at = 0; at < 300; at += 1) byHand(`rule ${at}`);
      },
      /has 300 mail flow rules beside the stack's 1, and Exchange takes 300/,
      [
        [/remove rules that nobody needs/, act(() => remove("rule 7"))],
        [/remove fence from some senders/, without],
      ],
    ),
    row(
      "a tenant whose rules have many patterns",
      () => {
        const FromAddressMatchesPatterns = Array(50).fill("a".repeat(128));
        for (const Name of ["a", "b", "c"]) byHand(Name, { FromAddressMatchesPatterns });
        // What is left has room for the pattern of a whole domain, and for no longer one.
        const rest = 20 * 1024 - 150 * 128 - fencePattern(`*@${domain}`).length;
        const halves = Array(20).fill("a".repeat(Math.floor(rest / 20)));
        const last = "a".repeat(rest - 20 * Math.floor(rest / 20) || 1);
        byHand("d", { FromAddressMatchesPatterns: [...halves, last] });
      },
      /has fences whose patterns have 20,\d{3} characters, with the 20,\d{3} of the tenant's other rules, and Exchange takes 20,480 in all mail flow rules of a tenant/,
      [
        [
          /write "\*@" and the domain in place of the addresses of from/,
          () => declared([`*@${domain}`]),
        ],
        [/remove fence from some senders/, without],
      ],
    ),
  ];
}
