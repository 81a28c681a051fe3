import type { ManagementScope } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { parseFilter, writeFilter } from "../recipientFilter.ts";
import { grantedAt, judgedBy } from "../times.ts";
import { demandCustomised } from "./organization.ts";

export const managementScopes = inConfiguration<ManagementScope>(
  "Scopes",
  (world) => world.managementScopes,
);

/** Sign-ins go by the old filter for `grantDelayMs` after a change. */
export const managementScopeCmdlets = defineNoun<ManagementScope>({
  name: "ManagementScope",
  identity: "ManagementScopeIdParameter",
  directory: managementScopes,
  properties: {
    RecipientRestrictionFilter: {
      is: "text",
      field: "recipientFilter",
      default: "",
      canonical: canonicalFilter,
    },
  },
  present: (scope) =>
    presentNamed(scope, {
      RecipientRoot: "",
      RecipientFilter: scope.recipientFilter,
      ServerFilter: "",
      ScopeRestrictionType: "RecipientScope",
      Exclusive: scope.exclusive,
    }),
  new: { demand: demandCustomised, fields: () => ({ exclusive: false }) },
  get: {},
  set: {
    beforeChange(current, next, context) {
      const { recipientFilter } = judgedBy(current, context.clock.now());
      next.earlier = { recipientFilter, until: grantedAt(context) };
    },
  },
  remove: {
    demandUnused({ name }, { roleAssignments }: World) {
      const users = roleAssignments.filter((one) => one.customResourceScope === name);
      const names = users.map((one) => one.name);
      if (names.length === 0) return;
      throw refusal("exchange.scope-in-use", { scope: name, assignments: names.join(", ") });
    },
  },
});

/** @throws CmdletError for no filter, or one that the lab can't read */
function canonicalFilter(given: string | null): string {
  if (!given) throw refusal("exchange.no-filter");
  const parsed = parseFilter(given);
  if (Array.isArray(parsed)) return writeFilter(parsed);
  const { kind, at, position } = parsed;
  const subject = kind === "property" ? `"${at}" ` : "";
  throw refusal("exchange.bad-filter", { filter: given, subject, problem: kind, at, position });
}
