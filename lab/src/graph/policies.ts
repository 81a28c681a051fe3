import type {
  AppManagementPolicy as GraphAppManagementPolicy,
  ConditionalAccessPolicy as GraphConditionalAccessPolicy,
  IdentitySecurityDefaultsEnforcementPolicy,
} from "@microsoft/microsoft-graph-types";
import type { Hono } from "hono";
import type { AppManagementPolicy, ConditionalAccessPolicy } from "../world/policies.ts";
import { answerList, answerOne, type Entity } from "./answers.ts";
import type { Call, Guard, Rule } from "./guard.ts";

/** The least permission that opens a route (its page on Learn). */
const APP_MANAGEMENT: Rule = { roles: ["Policy.Read.All"] };
const SIGN_IN: Rule = { roles: ["Policy.Read.All"], denied: () => "graph.scopes-missing" };

/** Adds the policies that decide on credentials of apps and on who may sign in. They are read alone. */
export function addPolicyRoutes(app: Hono, guard: Guard): void {
  app.get("/v1.0/policies/defaultAppManagementPolicy", (c) =>
    guard(c, APP_MANAGEMENT, (call) => {
      const kind = {
        segment: "policies/defaultAppManagementPolicy",
        type: "tenantAppManagementPolicy",
      };
      return answerOne(call, kind, {
        id: "00000000-0000-0000-0000-000000000000",
        displayName: "Default app management tenant policy",
        description:
          "Default tenant policy that enforces app management restrictions on applications and service principals. To apply policy to targeted resources, create a new policy under appManagementPolicies collection.",
        ...call.context.world.policies.defaultAppManagement,
      });
    }),
  );
  app.get("/v1.0/policies/appManagementPolicies", (c) =>
    guard(c, { ...APP_MANAGEMENT, options: ["$select", "$top", "$skiptoken"] }, (call) => {
      const { appManagement } = call.context.world.policies;
      const kind = { segment: "policies/appManagementPolicies", type: "appManagementPolicy" };
      return answerList(call, kind, appManagement.map(appManagementEntity));
    }),
  );
  app.get("/v1.0/policies/appManagementPolicies/:id/appliesTo", (c) =>
    guard(c, { ...APP_MANAGEMENT, options: ["$top", "$skiptoken"] }, (call) => {
      const { appliesTo } = findAppManagement(call);
      const { applications } = call.context.world.directory;
      const found = applications.filter(({ appId }) => appliesTo.includes(appId));
      const kind = { segment: "directoryObjects", type: "directoryObject" };
      return answerList(
        call,
        kind,
        found.map(({ id, appId, properties }) => ({
          "@odata.type": "#microsoft.graph.application",
          id,
          appId,
          displayName: properties.displayName,
        })),
      );
    }),
  );
  app.get("/v1.0/policies/identitySecurityDefaultsEnforcementPolicy", (c) =>
    guard(c, { ...SIGN_IN, options: ["$select"] }, (call) => {
      const segment = "policies/identitySecurityDefaultsEnforcementPolicy";
      const policy = {
        description:
          "Security defaults is a set of basic identity security mechanisms recommended by Microsoft. When enabled, these recommendations will be automatically enforced in your organization. Administrators and users will be better protected from common identity related attacks.",
        displayName: "Security Defaults",
        id: "00000000-0000-0000-0000-000000000005",
        isEnabled: call.context.world.organization.securityDefaults,
      } satisfies IdentitySecurityDefaultsEnforcementPolicy;
      return answerOne(
        call,
        { segment, type: "identitySecurityDefaultsEnforcementPolicy" },
        policy,
      );
    }),
  );
  app.get("/v1.0/identity/conditionalAccess/policies", (c) =>
    guard(c, { ...SIGN_IN, options: ["$select", "$top", "$skiptoken"] }, (call) => {
      const { conditionalAccess } = call.context.world.policies;
      const kind = {
        segment: "identity/conditionalAccess/policies",
        type: "conditionalAccessPolicy",
      };
      return answerList(call, kind, conditionalAccess.map(conditionalAccessEntity));
    }),
  );
}

function findAppManagement({ c, context, refusal }: Call): AppManagementPolicy {
  const id = c.req.param("id") ?? "";
  const policy = context.world.policies.appManagement.find((one) => one.id === id.toLowerCase());
  if (policy === undefined) throw refusal("graph.not-found", { id });
  return policy;
}

const appManagementEntity = ({
  appliesTo: _,
  restrictions,
  ...policy
}: AppManagementPolicy): Entity => ({
  ...({ ...policy, description: null } satisfies GraphAppManagementPolicy),
  restrictions,
});

const conditionalAccessEntity = ({
  conditions,
  grantControls,
  ...policy
}: ConditionalAccessPolicy): Entity => ({
  ...({
    ...policy,
    createdDateTime: null,
    modifiedDateTime: null,
    sessionControls: null,
  } satisfies GraphConditionalAccessPolicy),
  conditions: {
    signInRiskLevels: [],
    platforms: null,
    locations: null,
    ...conditions,
    applications: { ...conditions.applications, includeUserActions: [] },
  },
  grantControls: grantControls && {
    ...grantControls,
    customAuthenticationFactors: [],
    termsOfUse: [],
  },
});
