// The stand-in for the azuread plugin, over gRPC as engines speak to it: app registrations, service principals, app
// roles and users, against a Microsoft that answers as little as is needed. What is asked is what the plugin itself
// was recorded to ask.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { UNKNOWN } from "../../plugins/values.ts";
import { azureAdScene, recorded, secret, shapes } from "./azureadScene.ts";
import type { Request } from "./fakeMicrosoft.ts";
import type { PluginClient } from "./pluginClient.ts";

// Pulumi's numbers for kinds of change.
const [ADD, DELETE, UPDATE, UPDATE_REPLACE] = [0, 2, 4, 5];

const EXCHANGE = "00000002-0000-0ff1-ce00-000000000000";
const MANAGE = "dc50a0fb-09a3-484d-be87-e023b12c6440";
const SOMEBODY = "44444444-4444-4444-4444-444444444444";

const about = (part: string) => (request: Request) => request.path.includes(part);

describe("the azuread stand-in's applications", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  const accesses = [{ resourceAppId: EXCHANGE, resourceAccesses: [{ id: MANAGE, type: "Role" }] }];
  const inputs = { displayName: "relay 1", notes: "managed", requiredResourceAccesses: accesses };
  const APP = "7ffc697f-c805-4790-9cff-713a3aacf67f";
  beforeEach(async () => {
    engine = await scene.engine("application:Application");
  });

  it("are checked without a request", async () => {
    assert.deepEqual(await engine.check({ ...inputs, owners: [UNKNOWN] }), []);
    const failures = await engine.check({
      notes: "",
      owners: ["me"],
      requiredResourceAccesses: [{ resourceAccesses: [{ id: MANAGE, type: "Delegated" }] }],
      signInAudience: "everybody",
      tags: "one",
      web: {},
    });
    assert.deepEqual(
      failures.map(({ property, reason }) => `${property}: ${reason}`),
      [
        "web: the lab's stand-in does not know this property",
        "displayName: Missing required property 'displayName'",
        'notes: expected "notes" to not be an empty string, got ',
        'owners: expected "owners" to be a valid UUID, got me',
        "requiredResourceAccesses: Missing required property 'requiredResourceAccesses.resourceAppId'",
        'requiredResourceAccesses: expected type to be one of ["Scope" "Role"], got Delegated',
        'signInAudience: expected sign_in_audience to be one of ["AzureADMyOrg" "AzureADMultipleOrgs" "AzureADandPersonalMicrosoftAccount" "PersonalMicrosoftAccount"], got everybody',
        "tags: expected set",
      ],
    );
    assert.deepEqual(scene.asked(), []);
  });

  it("are previewed without a request, with what only Graph knows left open", async () => {
    const { id, outputs } = await engine.create(inputs, true);
    assert.equal(id, "");
    assert.equal(outputs.signInAudience, "AzureADMyOrg");
    for (const name of ["clientId", "objectId", "tags"]) assert.equal(outputs[name], UNKNOWN, name);
    assert.deepEqual(scene.asked(), []);
  });

  it("are made by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    const ofApp = recorded("up", about("/applications"));
    const end = ofApp.findIndex((line) => line.endsWith("/owners"));
    assert.deepEqual(shapes(scene.asked()), ofApp.slice(0, end + 1));
    assert.equal(id, `/applications/${outputs.objectId}`);
    assert.deepEqual(outputs.requiredResourceAccesses, accesses);
    assert.deepEqual([outputs.owners, outputs.tags, outputs.description], [[], [], ""]);
    assert.equal(scene.microsoft.objects.get(id)?.appId, outputs.clientId);
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
  });

  it("keep the caller as an owner when the program names it", async () => {
    const owners = [SOMEBODY, scene.microsoft.caller];
    const { id, outputs } = await engine.create({ ...inputs, owners });
    assert.equal(
      scene.asked().some(({ method }) => method === "DELETE"),
      false,
    );
    assert.deepEqual(new Set(scene.microsoft.owners.get(id)), new Set(owners));
    assert.deepEqual((await engine.diff(outputs, { ...inputs, owners })).paths, []);
  });

  it("tell every change, and none of what has no order or is the default", async () => {
    const tags = ["one", "two"];
    const { outputs } = await engine.create({ ...inputs, tags });
    const same = { ...inputs, tags: ["two", "one"], description: "", preventDuplicateNames: false };
    assert.deepEqual((await engine.diff(outputs, same)).paths, []);
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    const other = { displayName: "relay 2", tags: ["one"], description: "new" };
    assert.deepEqual(await engine.diff(outputs, other), {
      paths: [
        ["description", UPDATE],
        ["displayName", UPDATE],
        ["notes", DELETE],
        ["requiredResourceAccesses", DELETE],
        ["tags[1]", DELETE],
      ],
      replaces: [],
    });
  });

  it("are changed by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    const changed = { ...inputs, displayName: "relay 2" };
    const planned = await engine.update(id, outputs, changed, true);
    assert.deepEqual([planned.displayName, planned.clientId], ["relay 2", outputs.clientId]);
    assert.deepEqual(scene.asked(), []);
    const updated = await engine.update(id, outputs, changed);
    assert.deepEqual(shapes(scene.asked()), recorded("update", about("/applications")));
    assert.equal(updated.displayName, "relay 2");
  });

  it("send what they ask for and who owns them only when it changes", async () => {
    const { id, outputs } = await engine.create({ ...inputs, owners: [scene.microsoft.caller] });
    scene.asked();
    await engine.update(id, outputs, { displayName: "relay 1", owners: [SOMEBODY] });
    const [patch, ...rest] = scene.asked();
    assert.deepEqual((patch?.body as Record<string, unknown>).requiredResourceAccess, []);
    assert.deepEqual(shapes(rest).slice(0, 3), [
      "GET /v1.0/applications/ID/owners",
      'POST /v1.0/applications/ID/owners/$ref {"@odata.id":"ORIGIN/v1.0/directoryObjects/ID"}',
      "DELETE /v1.0/applications/ID/owners/ID/$ref",
    ]);
    assert.deepEqual(scene.microsoft.owners.get(id), [SOMEBODY]);
  });

  it("are read by the recorded requests; what somebody changed shows", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    Object.assign(scene.microsoft.objects.get(id) ?? {}, { notes: "by hand", tags: ["x"] });
    const found = await engine.read(id, outputs, inputs);
    const ofApp = recorded("refresh", ({ path }) => path.includes(APP));
    assert.deepEqual(shapes(scene.asked()), [
      ...new Set(ofApp.filter((line) => !line.includes("Credentials"))),
    ]);
    assert.deepEqual(found.inputs, { ...inputs, notes: "by hand" });
    assert.deepEqual((await engine.diff(found.outputs, inputs)).paths, [["notes", UPDATE]]);
  });

  it("are gone when Graph does not know them, and imported by their id", async () => {
    const { id, outputs } = await engine.create(inputs);
    const imported = await engine.read(id);
    assert.equal(imported.outputs.clientId, outputs.clientId);
    assert.deepEqual((await engine.diff(imported.outputs, inputs)).paths, []);
    scene.microsoft.objects.clear();
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
    await assert.rejects(engine.read(APP), /parsing ".*\/applications\/<object id>/);
  });

  it("are deleted by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.delete(id, outputs);
    const ofApp = recorded("destroy", ({ path }) => path.endsWith(APP));
    const start = ofApp.findIndex((line) => line.startsWith("DELETE"));
    assert.deepEqual(shapes(scene.asked()), ofApp.slice(start));
  });

  it("refuse a name that is taken, in a preview too, and change nothing", async () => {
    scene.microsoft.put("/applications", { displayName: "relay 1" });
    const before = structuredClone([...scene.microsoft.objects]);
    const strict = { ...inputs, preventDuplicateNames: true };
    for (const isPreview of [true, false]) {
      await assert.rejects(
        engine.create(strict, isPreview),
        /An existing "azuread_application" with name "relay 1" \(ID: ".*"\) was found and `prevent_duplicate_names` was specified\. To be managed/,
      );
    }
    assert.deepEqual([...scene.microsoft.objects], before);
    const { id, outputs } = await engine.create({ ...strict, displayName: "relay 2" });
    await assert.rejects(engine.update(id, outputs, strict), /An existing "azuread_application"/);
    assert.equal(scene.microsoft.objects.get(id)?.displayName, "relay 2");
    assert.deepEqual((await engine.diff(outputs, { ...strict, displayName: "relay 2" })).paths, []);
  });

  it("wait until the directory knows them", async () => {
    scene.microsoft.refuse("PATCH", 404, "Request_ResourceNotFound", "not everywhere", 2);
    await engine.create(inputs);
    assert.equal(scene.asked().filter(({ method }) => method === "PATCH").length, 4);
  });

  it("are kept when something fails after they were made", async () => {
    scene.microsoft.refuse("DELETE", 403, "Authorization_RequestDenied", "Insufficient privileges");
    const error = await engine.create(inputs).then(
      () => assert.fail(),
      (thrown) => thrown,
    );
    assert.match(
      error.message,
      /Could not remove initial owner from application with object ID: ".*": unexpected status 403 \(403 Forbidden\) with error: Authorization_RequestDenied: Insufficient privileges/,
    );
    const [id] = scene.microsoft.objects.keys();
    assert.equal(error.made.id, id);
    assert.equal(error.made.outputs.displayName, "relay 1");
    assert.equal(Object.values(error.made.outputs).includes(UNKNOWN), false);
  });
});

describe("the azuread stand-in's service principals", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  const inputs = { clientId: "b3f68855-f126-4114-956a-c763bc7eda2d", tags: ["relay"] };
  const SP = "2f95de1d-388c-49cc-9a75-a401c4221f4a";
  beforeEach(async () => {
    engine = await scene.engine("servicePrincipal:ServicePrincipal");
  });

  it("are made by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    const isOurs = ({ path }: Request) =>
      path.includes(SP) || path.includes(inputs.clientId) || path === "/v1.0/servicePrincipals";
    assert.deepEqual(shapes(scene.asked()), recorded("up", isOurs));
    assert.equal(id, `/servicePrincipals/${outputs.objectId}`);
    assert.equal(scene.microsoft.objects.get(id)?.description, null);
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
  });

  it("are another one for another application, and the same for another description", async () => {
    const { id, outputs } = await engine.create(inputs);
    const moved = { ...inputs, clientId: UNKNOWN };
    const { paths, replaces } = await engine.diff(outputs, moved);
    assert.deepEqual([paths, replaces], [[["clientId", UPDATE_REPLACE]], ["clientId"]]);
    scene.asked();
    const changed = { ...inputs, description: "new", accountEnabled: false };
    const updated = await engine.update(id, outputs, changed);
    assert.deepEqual([updated.description, updated.accountEnabled], ["new", false]);
    assert.deepEqual(scene.microsoft.objects.get(id)?.samlSingleSignOnSettings, { relayState: "" });
    assert.deepEqual(
      shapes(scene.asked()).map((line) => line.split(" ", 2).join(" ")),
      [
        "PATCH /v1.0/servicePrincipals/ID",
        "GET /v1.0/servicePrincipals/ID",
        "GET /beta/servicePrincipals/ID?%24select=samlMetadataUrl",
        "GET /v1.0/servicePrincipals/ID/owners",
      ],
    );
  });

  it("are read and deleted by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.read(id, outputs, inputs);
    const isOurs = ({ path }: Request) => path.includes(SP) && !path.includes("appRole");
    assert.deepEqual(shapes(scene.asked()), [...new Set(recorded("refresh", isOurs))]);
    await engine.delete(id, outputs);
    assert.deepEqual(shapes(scene.asked()), recorded("destroy", isOurs));
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
  });

  it("that are there already are refused, or taken over with useExisting", async () => {
    const { id: there } = scene.microsoft.put("/servicePrincipals", {
      appId: inputs.clientId,
      displayName: "Microsoft's",
      tags: [],
    });
    await assert.rejects(
      engine.create(inputs),
      new RegExp(`A resource with the ID "${there}" already exists: To be managed via Terraform`),
    );
    scene.asked();
    const adopting = { ...inputs, useExisting: true };
    const { id, outputs } = await engine.create(adopting);
    assert.equal(id, `/servicePrincipals/${there}`);
    assert.equal(outputs.displayName, "Microsoft's");
    assert.deepEqual(
      scene.asked().map(({ method }) => method),
      ["GET", "PATCH", "GET", "GET", "GET"],
    );
    scene.microsoft.refuse("DELETE", 403, "Authorization_RequestDenied", "no");
    await engine.delete(id, outputs);
    assert.equal(scene.microsoft.objects.has(id), true);
    assert.equal(scene.asked().length, 1);
  });

  it("tell the roles that they offer, by name", async () => {
    const { id } = scene.microsoft.put("/servicePrincipals", {
      appId: EXCHANGE,
      appRoles: [{ id: MANAGE, value: "Exchange.ManageAsApp", isEnabled: true }],
      servicePrincipalNames: [EXCHANGE, "https://outlook.office365.com/"],
    });
    const { outputs } = await engine.read(`/servicePrincipals/${id}`);
    assert.deepEqual(outputs.appRoleIds, { "Exchange.ManageAsApp": MANAGE });
    assert.deepEqual(outputs.servicePrincipalNames, ["https://outlook.office365.com/"]);
  });
});

describe("the azuread stand-in's app role assignments", () => {
  const scene = azureAdScene();

  it("live by the recorded requests", async () => {
    const engine = await scene.engine("appRoleAssignment:AppRoleAssignment");
    const { id: resourceObjectId } = scene.microsoft.put("/servicePrincipals", { appId: EXCHANGE });
    const inputs = { appRoleId: MANAGE, principalObjectId: SOMEBODY, resourceObjectId };
    const RESOURCE = "/v1.0/servicePrincipals/e0e0e0e0-0000-4000-8000-000000000001";
    const isOurs = ({ path }: Request) => path === RESOURCE || path.startsWith(`${RESOURCE}/`);
    const shown = () => shapes(scene.asked()).map((line) => line.replace(/To\/ID.*$/, "To/ID"));

    scene.microsoft.refuse("POST", 404, "Request_ResourceNotFound", "not everywhere");
    const { id, outputs } = await engine.create(inputs);
    const [get, post, ...rest] = recorded("up", isOurs);
    assert.deepEqual(shown(), [get, post, post, ...rest]);
    assert.match(id, new RegExp(`^/servicePrincipals/${resourceObjectId}/appRoleAssignedTo/`));
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    const other = { ...inputs, appRoleId: SOMEBODY };
    assert.deepEqual((await engine.diff(outputs, other)).replaces, ["appRoleId"]);

    assert.deepEqual((await engine.read(id)).outputs, outputs);
    assert.deepEqual(shown(), [...new Set(recorded("refresh", isOurs))]);
    await engine.delete(id, outputs);
    assert.deepEqual(shown(), recorded("destroy", isOurs));
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
  });
});

describe("the azuread stand-in's users", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  const USER = "0d143c17-b1e7-4a0c-a5c7-9be350acdccd";
  const inputs = {
    accountEnabled: false,
    displayName: "relay",
    password: secret("Sup3r-Secret!"),
    usageLocation: "NL",
    userPrincipalName: "relay@contoso.com",
  };
  beforeEach(async () => {
    engine = await scene.engine("user:User");
  });

  it("are made by the recorded requests, and their password stays a secret", async () => {
    const { id, outputs } = await engine.create(inputs);
    assert.deepEqual(shapes(scene.asked()), recorded("up", about("/users")));
    assert.equal(id, `/users/${outputs.objectId}`);
    assert.deepEqual(outputs.password, inputs.password);
    assert.equal(outputs.mailNickname, "relay");
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    const plain = await engine.create({ ...inputs, password: "Sup3r-Secret!" }, true);
    assert.deepEqual(plain.outputs.password, inputs.password);
  });

  it("send a password and the address list only when they change", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    const renamed = await engine.update(id, outputs, { ...inputs, displayName: "other" });
    const [patch, next] = scene.asked();
    assert.equal("passwordProfile" in (patch?.body as object), false);
    assert.equal(next?.method, "GET");
    const changed = { ...inputs, password: secret("N3w-Secret!"), showInAddressList: false };
    const { paths } = await engine.diff(renamed, changed);
    assert.deepEqual(
      paths.map(([path]) => path),
      ["displayName", "password", "showInAddressList"],
    );
    const updated = await engine.update(id, renamed, changed);
    const [withPassword, beta] = scene.asked();
    const body = withPassword?.body as Record<string, unknown>;
    assert.deepEqual(body.passwordProfile, {
      forceChangePasswordNextSignIn: false,
      password: "N3w-Secret!",
    });
    assert.deepEqual(beta?.body, {
      "@odata.type": "#microsoft.graph.user",
      showInAddressList: false,
    });
    assert.deepEqual(updated.password, changed.password);
  });

  it("are read and deleted by the recorded requests, and imported by their id", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.read(id, outputs, inputs);
    assert.deepEqual(shapes(scene.asked()), [...new Set(recorded("refresh", about(USER)))]);
    const imported = await engine.read(id);
    const { paths } = await engine.diff(imported.outputs, inputs);
    assert.deepEqual(paths, [["password", ADD]]);
    scene.asked();
    await engine.delete(id, outputs);
    assert.deepEqual(shapes(scene.asked()), recorded("destroy", about(USER)));
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
  });

  it("need a password once they are made", async () => {
    const { password: _, ...without } = inputs;
    assert.deepEqual(await engine.check(without), []);
    await assert.rejects(
      engine.create(without),
      /Could not create user: `password` is required when creating a new user/,
    );
    assert.deepEqual(scene.asked(), []);
  });
});
