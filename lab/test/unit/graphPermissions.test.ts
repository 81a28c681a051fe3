// Which application permissions open which route of Graph: the whole table, as the routes' pages on Learn have it.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { TRACE_APP_ID } from "../../src/graph/messageTrace.ts";
import { GRAPH_PERMISSIONS } from "../../src/world/graphPermissions.ts";
import { GRAPH_APP_ID } from "../../src/world/makeDirectory.ts";
import { appRoleOf, type GraphBench, makeApp, makeGraphBench } from "./graphClient.ts";

const OWN_APPS = ["Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"];
const READ_DIRECTORY = ["Directory.Read.All", "Directory.ReadWrite.All"];
const READ_APPS = ["Application.Read.All", ...OWN_APPS, ...READ_DIRECTORY];
const WRITE_PRINCIPALS = [...OWN_APPS, "Directory.ReadWrite.All"];
const GRANT = "AppRoleAssignment.ReadWrite.All";
const READ_USERS = ["User.Read.All", "User.ReadWrite.All", ...READ_DIRECTORY];
const WRITE_USERS = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_ROLES = [
  ...["RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", ...READ_DIRECTORY],
];
const READ_MAIL = ["Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"];
const ORGANIZATION = ["Organization.Read.All", "Organization.ReadWrite.All", ...READ_DIRECTORY];
const TRACE = ["ExchangeMessageTrace.Read.All"];
const POLICIES = ["Policy.Read.All"];
const DNS = ["Domain.Read.All", "Domain.ReadWrite.All"];

/**
 * By path without the version. Two differ from their pages: GET /organization is open to User.Read.All too, by which most
 * properties are null; a grant of an app role needs a permission to read beside its own.
 */
const OPENED_BY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "/domains": { GET: [...DNS, "Directory.Read.All"] },
  "/domains/:id": { GET: [...DNS, "Directory.Read.All"] },
  "/domains/:id/serviceConfigurationRecords": { GET: DNS },
  "/subscribedSkus": { GET: ["LicenseAssignment.Read.All", ...ORGANIZATION] },
  "/directory/subscriptions": { GET: ORGANIZATION },
  "/organization": { GET: ORGANIZATION },
  "/applications": { GET: READ_APPS, POST: OWN_APPS },
  "/applications/:id": { GET: READ_APPS, PATCH: OWN_APPS, DELETE: OWN_APPS },
  "/applications/:id/addPassword": { POST: WRITE_PRINCIPALS },
  "/applications/:id/removePassword": { POST: WRITE_PRINCIPALS },
  "/applications/:id/federatedIdentityCredentials": {
    GET: ["Application.Read.All", ...OWN_APPS],
    POST: OWN_APPS,
  },
  "/applications/:id/federatedIdentityCredentials/:credential": {
    GET: ["Application.Read.All", ...OWN_APPS],
    PATCH: OWN_APPS,
    DELETE: OWN_APPS,
  },
  "/applications/:id/owners": { GET: READ_APPS },
  "/applications/:id/owners/:owner/$ref": { DELETE: OWN_APPS },
  "/servicePrincipals": { GET: READ_APPS, POST: WRITE_PRINCIPALS },
  "/servicePrincipals/:id": { GET: READ_APPS, PATCH: WRITE_PRINCIPALS, DELETE: WRITE_PRINCIPALS },
  "/servicePrincipals/:id/owners": { GET: READ_APPS },
  "/servicePrincipals/:id/owners/:owner/$ref": { DELETE: OWN_APPS },
  "/servicePrincipals/:id/appRoleAssignedTo": { GET: READ_APPS, POST: [] },
  "/servicePrincipals/:id/appRoleAssignments": { GET: READ_APPS, POST: [] },
  "/servicePrincipals/:id/appRoleAssignedTo/:assignment": {
    GET: READ_APPS,
    DELETE: [GRANT, "Application.ReadWrite.All"],
  },
  "/servicePrincipals/:id/appRoleAssignments/:assignment": {
    GET: READ_APPS,
    DELETE: [GRANT, "Application.ReadWrite.All"],
  },
  "/users": { GET: READ_USERS, POST: WRITE_USERS },
  "/users/:id": {
    GET: READ_USERS,
    PATCH: WRITE_USERS,
    DELETE: ["User.ReadWrite.All", "User.DeleteRestore.All"],
  },
  "/users/:id/manager": { GET: READ_USERS },
  "/users/:id/revokeSignInSessions": { POST: ["User.RevokeSessions.All"] },
  "/users/:id/assignLicense": { POST: ["LicenseAssignment.ReadWrite.All", ...WRITE_USERS] },
  "/users/:id/licenseDetails": { GET: ["LicenseAssignment.Read.All", ...READ_USERS] },
  "/roleManagement/directory/roleDefinitions": { GET: READ_ROLES },
  "/roleManagement/directory/roleDefinitions/:id": { GET: READ_ROLES },
  "/roleManagement/directory/roleAssignments": {
    GET: READ_ROLES,
    POST: ["RoleManagement.ReadWrite.Directory"],
  },
  "/roleManagement/directory/roleAssignments/:id": {
    GET: READ_ROLES,
    DELETE: ["RoleManagement.ReadWrite.Directory"],
  },
  "/users/:id/messages": { GET: READ_MAIL },
  "/users/:id/mailFolders": { GET: READ_MAIL },
  "/users/:id/mailFolders/:folder": { GET: READ_MAIL },
  "/users/:id/mailFolders/:folder/messages": { GET: READ_MAIL },
  "/users/:id/sendMail": { POST: ["Mail.Send"] },
  "/groups": {
    GET: ["GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", ...READ_DIRECTORY],
  },
  "/directoryRoles": { GET: READ_ROLES },
  "/policies/defaultAppManagementPolicy": { GET: POLICIES },
  "/policies/appManagementPolicies": { GET: POLICIES },
  "/policies/appManagementPolicies/:id/appliesTo": { GET: POLICIES },
  "/policies/identitySecurityDefaultsEnforcementPolicy": { GET: POLICIES },
  "/identity/conditionalAccess/policies": { GET: POLICIES },
  "/auditLogs/signIns": { GET: ["AuditLog.Read.All"] },
  "/admin/exchange/tracing/messageTraces": { GET: TRACE },
  "/admin/exchange/tracing/messageTraces/:id/:details": { GET: TRACE },
};

const PERMISSIONS = GRAPH_PERMISSIONS.flatMap(({ name, application }) =>
  application === undefined ? [] : [name],
);

/** Routes with rules of their own: what is deleted goes by its type, and nobody is signed in with an app's token. */
const ELSEWHERE = /^\/(me\b|directory\/deletedItems)/;

describe("application permissions in Graph", () => {
  let bench: GraphBench;
  let ids: Record<string, string>;
  before(async () => {
    bench = await makeGraphBench("permissions");
    await bench.use(OWN_APPS.slice(0, 1));
    const app = await makeApp(bench);
    await bench.use(OWN_APPS);
    await bench.ask("POST", "/v1.0/servicePrincipals", { appId: TRACE_APP_ID });
    const { users, roleAssignments } = bench.world.directory;
    ids = {
      applications: app.id,
      servicePrincipals: app.principalId,
      users: users.find(({ userPrincipalName }) => userPrincipalName.startsWith("anna@"))?.id ?? "",
      domains: bench.world.tenant.domain,
      policies: "00000000-0000-4000-8000-000000000002",
      admin: "00000000-0000-4000-8000-000000000001",
      roleDefinitions: roleAssignments[0]?.roleDefinitionId ?? "",
      roleAssignments: roleAssignments[0]?.id ?? "",
    };
  });

  /** The permissions that open a route alone; the world stays as it is. */
  async function openers(method: string, path: string, body: object = {}): Promise<string[]> {
    const [, , set = "", , name = ""] = path.split("/");
    const id =
      ids[set] ?? ids[/roleManagement/.test(path) ? (path.split("/")[4] ?? "") : name] ?? "";
    const url = path.replace(":id", id).replaceAll(/:\w+/g, "absent");
    const kept = structuredClone(bench.world);
    const open: string[] = [];
    for (const permission of PERMISSIONS) {
      await bench.use([permission]);
      const { status } = await bench.ask(method, url, method === "GET" ? undefined : body);
      if (![401, 403].includes(status)) open.push(permission);
      Object.assign(bench.world, structuredClone(kept));
    }
    return open;
  }

  it("open each route as its page says, and no other does", async () => {
    const routes = new Set(
      bench.graph.routes
        .filter(({ method }) => method !== "ALL")
        .map(({ method, path }) => `${method} ${path}`),
    );
    const seen = new Set<string>();
    for (const route of routes) {
      const [method = "", path = ""] = route.split(" ");
      const plain = path.replace(/^\/(v1\.0|beta)/, "");
      if (ELSEWHERE.test(plain)) continue;
      const expected = OPENED_BY[plain]?.[method];
      assert.ok(expected, `${route} is in the table`);
      const body = plain === "/users/:id" ? { city: "Utrecht" } : {};
      assert.deepEqual(await openers(method, path, body), [...expected].sort(inOrder), route);
      seen.add(`${method} ${plain}`);
    }
    const listed = Object.entries(OPENED_BY).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    assert.deepEqual([...seen].sort(), listed.sort());
  });

  it("an app role is granted with two permissions, of which neither is enough", async () => {
    const role = appRoleOf(bench, GRAPH_APP_ID, "Domain.Read.All");
    const path = `/v1.0/servicePrincipals/${ids.servicePrincipals}/appRoleAssignments`;
    const body = { principalId: ids.servicePrincipals, ...role };
    const kept = bench.state();
    for (const roles of [[GRANT], READ_APPS, PERMISSIONS.filter((one) => one !== GRANT)]) {
      await bench.use(roles);
      assert.equal((await bench.ask("POST", path, body)).status, 403);
      assert.deepEqual(bench.state(), kept);
    }
    for (const read of READ_APPS) {
      await bench.use([GRANT, read]);
      const made = await bench.ask("POST", path, body);
      assert.equal(made.status, 201, read);
      const gone = await bench.ask("DELETE", `${path}/${made.body.id}`);
      assert.equal(gone.status, 204);
    }
  });

  it("a user's password and sign-in have permissions of their own", async () => {
    const change = (body: object) => openers("PATCH", "/v1.0/users/:id", body);
    const password = "User-PasswordProfile.ReadWrite.All";
    const passwordProfile = { password: "An0ther-Secret!" };
    assert.deepEqual(await change({ passwordProfile }), [password]);
    const accountEnabled = true;
    assert.deepEqual(
      await change({ accountEnabled }),
      [...WRITE_USERS, "User.EnableDisableAccount.All"].sort(inOrder),
    );
    await bench.use(["User.ReadWrite.All", password]);
    const both = { passwordProfile, accountEnabled, city: "Utrecht" };
    assert.equal((await bench.ask("PATCH", `/v1.0/users/${ids.users}`, both)).status, 204);
  });
});

const inOrder = (one: string, other: string): number =>
  PERMISSIONS.indexOf(one) - PERMISSIONS.indexOf(other);
