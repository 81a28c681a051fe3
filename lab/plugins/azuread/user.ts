import type { ResourceKind } from "../definition.ts";
import type { Values } from "../values.ts";
import { UNKNOWN } from "../values.ts";
import { notEmpty } from "./formats.ts";
import type { Graph } from "./graph.ts";
import { objectIdOf } from "./ids.ts";
import { failed } from "./replies.ts";
import { bySchema, isSame, keptOf, knownOf, type Schema } from "./schema.ts";
import { find, finish, lasting, step } from "./steps.ts";
import { profileOf, told } from "./userBody.ts";

const SCHEMA: Schema = {
  accountEnabled: { type: "boolean", default: true },
  department: { type: "string" },
  disablePasswordExpiration: { type: "boolean", default: false },
  displayName: { type: "string", required: true, format: notEmpty },
  forcePasswordChange: { type: "boolean", default: false, kept: true },
  jobTitle: { type: "string" },
  mailNickname: { type: "string", computed: true },
  password: { type: "string", computed: true, secret: true, kept: true, format: notEmpty },
  showInAddressList: { type: "boolean", default: true },
  usageLocation: { type: "string" },
  userPrincipalName: { type: "string", required: true, format: notEmpty },
};

/**
 * `azuread.User`, with the properties that the relay's stack sets; the others are as the plugin sends them when a
 * program is silent.
 *
 * @see terraform-provider-azuread 3.9, internal/services/users/user_resource.go
 */
export const user: ResourceKind<Graph> = {
  ...bySchema(SCHEMA, ["mail", "objectId", "proxyAddresses", "userType"]),

  async create(plan, graph) {
    const { password, userPrincipalName: name } = plan;
    if (typeof password !== "string" || password === UNKNOWN) {
      const problem = "`password` is required when creating a new user";
      throw new Error(failed("Could not create user", problem).message);
    }
    const made = await step(`Creating user "${name}"`, () =>
      graph.call("POST", "/v1.0/users", {
        body: { ...profileOf(plan), mail: null, passwordProfile: passwordOf(plan) },
        retry: (status, error) =>
          status === 400 && error.includes("One or more property values specified are invalid"),
      }),
    );
    const id = String(made.id);
    const outputs = { ...knownOf(plan), objectId: id };
    return finish({ id: `/users/${id}`, outputs }, async () => {
      await setInAddressList(id, plan, graph, (status) => status === 404);
      await step(`Waiting for creation of ${named(id)}`, () =>
        lasting("Done", async () => (await find(graph, `/v1.0/users/${id}`)) !== undefined),
      );
      return { ...keptOf(SCHEMA, plan), ...(await readUser(id, graph)) };
    });
  },

  async read(resourceId, old, graph) {
    const outputs = await readUser(objectIdOf("users", resourceId), graph);
    return outputs && { id: resourceId, outputs: { ...keptOf(SCHEMA, old), ...outputs } };
  },

  async update(resourceId, plan, old, graph) {
    const id = objectIdOf("users", resourceId);
    const isOther = (name: "password" | "showInAddressList") =>
      !isSame("string", plan[name], old[name]);
    await step(`Could not update ${named(id)}`, () =>
      graph.call("PATCH", `/v1.0/users/${id}`, {
        body: {
          ...profileOf(plan),
          ...(isOther("password") && { passwordProfile: passwordOf(plan) }),
          ...(isOther("showInAddressList") && {
            showInAddressList: plan.showInAddressList || null,
          }),
        },
      }),
    );
    if (isOther("showInAddressList")) await setInAddressList(id, plan, graph);
    return { ...keptOf(SCHEMA, plan), ...(await readUser(id, graph)) };
  },

  async delete(resourceId, _, graph) {
    const id = objectIdOf("users", resourceId);
    const path = `/v1.0/users/${id}`;
    await step(`Deleting ${named(id)}`, () => graph.call("DELETE", path));
    await step(`Waiting for deletion of ${named(id)}`, () =>
      lasting("Deleted", async () => (await find(graph, path)) === undefined),
    );
  },
};

const named = (id: string): string => `User (User: "${id}")`;

const passwordOf = ({ forcePasswordChange, password }: Values) => ({
  forceChangePasswordNextSignIn: forcePasswordChange === true,
  password,
});

/** The beta version takes it; version 1.0 does not set it. */
async function setInAddressList(
  id: string,
  { showInAddressList }: Values,
  graph: Graph,
  retry?: (status: number) => boolean,
): Promise<void> {
  await step(`Setting \`showInAddressList\` for ${named(id)}`, () =>
    graph.call("PATCH", `/beta/users/${id}`, {
      body: { "@odata.type": "#microsoft.graph.user", showInAddressList },
      ...(retry && { retry }),
    }),
  );
}

/** What version 1.0 only tells when it is asked for. */
const SELECTED = [
  "accountEnabled",
  "ageGroup",
  "city",
  "companyName",
  "consentProvidedForMinor",
  "country",
  "department",
  "employeeHireDate",
  "employeeId",
  "employeeOrgData",
  "employeeType",
  "faxNumber",
  "mailNickname",
  "onPremisesImmutableId",
  "otherMails",
  "passwordPolicies",
  "postalCode",
  "state",
  "streetAddress",
  "usageLocation",
].join();

async function readUser(id: string, graph: Graph): Promise<Values | undefined> {
  const path = `/v1.0/users/${id}`;
  const found = await step(`Retrieving ${named(id)}`, () => find(graph, path));
  if (found === undefined) return undefined;
  const { selected, beta } = await step(
    `Retrieving additional fields for ${named(id)}`,
    async () => ({
      selected: await graph.call("GET", path, { query: { $select: SELECTED } }),
      beta: await graph.call("GET", `/beta/users/${id}`, {
        query: { $select: "showInAddressList" },
      }),
    }),
  );
  // The stand-in does not show the manager.
  await step(`Could not retrieve manager for ${named(id)}`, () => find(graph, `${path}/manager`));
  return told({ ...found, ...selected, ...beta });
}
