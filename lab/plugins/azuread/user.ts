import { isSame } from "../properties.ts";
import { UNKNOWN, type Value, type Values } from "../values.ts";
import { type Graph, waitUntil } from "./graph.ts";
import { deleteAndWait, type GraphProperties, graphResource } from "./resource.ts";

const NEVER_EXPIRES = "DisablePasswordExpiration";

const PROPERTIES: GraphProperties = {
  accountEnabled: { type: "boolean", default: true },
  disablePasswordExpiration: {
    type: "boolean",
    default: false,
    from: ({ passwordPolicies }) => String(passwordPolicies ?? "").includes(NEVER_EXPIRES),
  },
  displayName: { type: "string" },
  mailNickname: { type: "string", computed: true },
  password: { type: "string", secret: true, writeOnly: true },
  showInAddressList: { type: "boolean", default: true },
  usageLocation: { type: "string" },
  userPrincipalName: { type: "string" },
  mail: { type: "string", output: true },
  objectId: { type: "string", output: true, from: "id" },
  proxyAddresses: { type: "list", output: true },
  userType: { type: "string", output: true },
};

/** Properties that version 1.0 answers only if they are selected. */
const SELECTED =
  "accountEnabled,ageGroup,city,companyName,consentProvidedForMinor,country,department,employeeHireDate,employeeId,employeeOrgData,employeeType,faxNumber,mailNickname,onPremisesImmutableId,otherMails,passwordPolicies,postalCode,state,streetAddress,usageLocation";

/**
 * `azuread.User`. Of its many properties, those that the relay's stack does not set are sent as the plugin sends them
 * when a program sets none.
 *
 * @see terraform-provider-azuread 3.9, internal/services/users/user_resource.go
 */
export const user = graphResource({
  properties: PROPERTIES,

  async create(plan, graph) {
    const body = { ...profileOf(plan), mail: null, passwordProfile: passwordOf(plan) };
    const entity = await graph.call("POST", "/v1.0/users", body);
    return { id: `/users/${entity.id}`, entity };
  },

  async settle(id, plan, graph) {
    await setInAddressList(id, plan, graph);
    await waitUntil("exists", async () => (await graph.find(`/v1.0${id}`)) !== undefined);
  },

  async read(id, graph) {
    const entity = await graph.find(`/v1.0${id}`);
    if (entity === undefined) return undefined;
    const query = new URLSearchParams({ $select: SELECTED });
    const selected = await graph.call("GET", `/v1.0${id}?${query}`);
    const beta = await graph.call("GET", `/beta${id}?%24select=showInAddressList`);
    // The plugin reads the manager too; the stand-in has no property for it.
    await graph.find(`/v1.0${id}/manager`);
    return { ...entity, ...selected, ...beta };
  },

  async update(id, plan, old, graph) {
    const isChanged = (name: "password" | "showInAddressList") =>
      !isSame("string", plan[name], old[name]);
    await graph.call("PATCH", `/v1.0${id}`, {
      ...profileOf(plan),
      ...(isChanged("password") && { passwordProfile: passwordOf(plan) }),
      ...(isChanged("showInAddressList") && { showInAddressList: plan.showInAddressList || null }),
    });
    if (isChanged("showInAddressList")) await setInAddressList(id, plan, graph);
  },

  delete: (id, graph) => deleteAndWait(`/v1.0${id}`, graph),
});

/** Only Graph's beta version takes it. */
const setInAddressList = (
  id: string,
  { showInAddressList }: Values,
  graph: Graph,
): Promise<Values> =>
  graph.call("PATCH", `/beta${id}`, {
    "@odata.type": "#microsoft.graph.user",
    showInAddressList,
  });

const passwordOf = ({ password }: Values) => ({ forceChangePasswordNextSignIn: false, password });

const profileOf = (plan: Values) => ({
  "@odata.type": "#microsoft.graph.user",
  accountEnabled: plan.accountEnabled,
  ageGroup: null,
  city: null,
  companyName: null,
  consentProvidedForMinor: null,
  country: null,
  department: null,
  displayName: plan.displayName,
  employeeId: null,
  employeeOrgData: { costCenter: null, division: null },
  employeeType: null,
  faxNumber: null,
  givenName: null,
  jobTitle: null,
  mailNickname: nicknameOf(plan),
  mobilePhone: null,
  officeLocation: null,
  otherMails: [],
  passwordPolicies: plan.disablePasswordExpiration === true ? NEVER_EXPIRES : null,
  postalCode: null,
  preferredLanguage: null,
  state: null,
  streetAddress: null,
  surname: null,
  usageLocation: plan.usageLocation || null,
  userPrincipalName: plan.userPrincipalName,
});

/** By default the local part of the user principal name. */
const nicknameOf = ({ mailNickname, userPrincipalName }: Values): Value =>
  mailNickname === UNKNOWN
    ? (String(userPrincipalName).split("@")[0] ?? null)
    : mailNickname || null;
