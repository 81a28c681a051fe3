import type { ManagementScope } from "../../world/recipients.ts";
import type { World } from "../../world/world.ts";
import { refusal } from "../cmdletError.ts";
import { inConfiguration, validName } from "../directory.ts";
import { defineNoun, presentNamed } from "../noun.ts";
import { type Properties, withValues } from "../properties.ts";
import { parseFilter, writeFilter } from "../recipientFilter.ts";
import { grantedAt, judgedBy } from "../times.ts";
import { demandCustomised } from "./organization.ts";

export const managementScopes = inConfiguration<ManagementScope>(
  "Scopes",
  (world) => world.managementScopes,
);

const properties: Properties<ManagementScope> = {
  RecipientRestrictionFilter: {
    is: "text",
    field: "recipientFilter",
    default: "",
    canonical: canonicalFilter,
  },
};

/** Sign-ins go by the old filter for `grantDelayMs` after a change. */
export const managementScopeCmdlets = defineNoun<ManagementScope>({
  name: "ManagementScope",
  identity: "ManagementScopeIdParameter",
  directory: managementScopes,
  properties,
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
    parameters: { Name: { is: "text" } },
    edit(current, bound, { world }) {
      const next = withValues(properties, current, bound, world);
      return bound.has("Name") ? { ...next, name: validName(bound.text("Name") ?? "") } : next;
    },
    /** Assignments hold the scope itself, so they show its new name. */
    beforeChange(current, next, context) {
      for (const assignment of context.world.roleAssignments) {
        const { customResourceScope: scope, earlier } = assignment;
        if (scope === current.name) assignment.customResourceScope = next.name;
        if (earlier?.customResourceScope === current.name) earlier.customResourceScope = next.name;
      }
      if (next.recipientFilter === current.recipientFilter) return;
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
