// The stand-in for the azuread plugin, over gRPC as engines speak to it: what an app signs in with. What is asked is
// what the plugin itself was recorded to ask, one credential at a time.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { UNKNOWN } from "../../plugins/values.ts";
import { azureAdScene, recorded, secret, shapes } from "./azureadScene.ts";
import type { PluginClient } from "./pluginClient.ts";

const GET_APP = "GET /v1.0/applications/ID";

const times = (count: number, line: string): string[] => Array(count).fill(line);

/** The recorded writes of a phase that have a text in them. */
const writes = (phase: string, text: string): string[] =>
  recorded(phase, ({ method }) => method !== "GET").filter((line) => line.includes(text));

describe("the azuread stand-in's client secrets", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  let inputs: Record<string, unknown>;
  beforeEach(async () => {
    engine = await scene.engine("applicationPassword:ApplicationPassword");
    const { id } = scene.microsoft.put("/applications", { displayName: "relay" });
    inputs = { applicationId: `/applications/${id}`, displayName: "relay" };
  });

  it("are previewed without a request, the value as a secret", async () => {
    const { outputs } = await engine.create(inputs, true);
    assert.deepEqual(outputs.value, secret(UNKNOWN));
    assert.equal(outputs.keyId, UNKNOWN);
    assert.deepEqual(scene.asked(), []);
  });

  it("are made by the recorded requests; the value is a secret and is not told again", async () => {
    const { id, outputs } = await engine.create(inputs);
    assert.deepEqual(shapes(scene.asked()), [
      GET_APP,
      ...writes("up", "addPassword"),
      ...times(6, GET_APP),
    ]);
    const app = String(inputs.applicationId).replace("/applications/", "");
    assert.equal(id, `${app}/password/${outputs.keyId}`);
    assert.deepEqual(outputs.value, secret(`secret of ${outputs.keyId}`));
    assert.equal(outputs.endDate, "2028-11-01T00:00:00Z");
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    assert.deepEqual((await engine.read(id, outputs, inputs)).outputs, outputs);
    const imported = await engine.read(id);
    assert.equal("value" in imported.outputs, false);
  });

  it("are replaced when anything changes, also what only says when to rotate", async () => {
    const first = { ...inputs, rotateWhenChanged: { turn: "1" }, endDate: "2027-01-01T00:00:00Z" };
    const { outputs } = await engine.create(first);
    const [, added] = scene.asked();
    assert.deepEqual(added?.body, {
      passwordCredential: { displayName: "relay", endDateTime: "2027-01-01T00:00:00Z" },
    });
    assert.deepEqual((await engine.diff(outputs, first)).paths, []);
    const second = { ...first, rotateWhenChanged: { turn: "2" } };
    assert.deepEqual((await engine.diff(outputs, second)).replaces, ["rotateWhenChanged"]);
    const longer = { ...first, endDate: "2028-01-01T00:00:00Z" };
    assert.deepEqual((await engine.diff(outputs, longer)).replaces, ["endDate"]);
  });

  it("take a relative end and send nothing of it", async () => {
    const relative = { ...inputs, endDateRelative: "240h" };
    const { outputs } = await engine.create(relative);
    const [, added] = scene.asked();
    assert.deepEqual(added?.body, { passwordCredential: { displayName: "relay" } });
    assert.deepEqual((await engine.diff(outputs, relative)).paths, []);
    const [failure] = await engine.check({ ...relative, endDate: "2027-01-01T00:00:00Z" });
    assert.equal(failure?.reason, '"end_date": conflicts with end_date_relative');
  });

  it("are removed by the recorded requests, and gone then", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.delete(id, outputs);
    assert.deepEqual(shapes(scene.asked()), [
      ...writes("destroy", "removePassword"),
      ...times(5, GET_APP),
    ]);
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
    scene.microsoft.objects.clear();
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
  });

  it("need the id of an application, not its object id", async () => {
    const [failure] = await engine.check({ applicationId: "7ffc697f-c805-4790-9cff-713a3aacf67f" });
    assert.match(failure?.reason ?? "", /\/applications\/<object id>/);
    assert.deepEqual(await engine.check({ applicationId: UNKNOWN, endDate: UNKNOWN }), []);
    const [date] = await engine.check({ ...inputs, endDate: "tomorrow" });
    assert.match(date?.reason ?? "", /"end_date" to be a valid RFC3339 date, got "tomorrow"/);
  });
});

describe("the azuread stand-in's certificates", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  let inputs: Record<string, unknown>;
  const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  const keysOf = () =>
    scene.microsoft.objects.get(String(inputs.applicationId))?.keyCredentials as object[];
  beforeEach(async () => {
    engine = await scene.engine("applicationCertificate:ApplicationCertificate");
    const { id } = scene.microsoft.put("/applications", { displayName: "relay" });
    inputs = { applicationId: `/applications/${id}`, type: "AsymmetricX509Cert", value: PEM };
  });

  it("are made by the recorded requests, and their value is a secret", async () => {
    const { id, outputs } = await engine.create(inputs);
    const asked = scene.asked();
    assert.deepEqual(shapes(asked), [
      GET_APP,
      ...writes("up", '"keyCredentials":[{'),
      ...times(6, GET_APP),
    ]);
    const { keyCredentials } = asked[1]?.body as { keyCredentials: { key: string }[] };
    assert.equal(Buffer.from(keyCredentials[0]?.key ?? "", "base64").toString(), PEM);
    assert.match(id, new RegExp(`/certificate/${outputs.keyId}$`));
    assert.deepEqual(outputs.value, secret(PEM));
    assert.equal(outputs.encoding, "pem");
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    assert.deepEqual((await engine.diff(outputs, { ...inputs, value: "x" })).replaces, ["value"]);
  });

  it("leave an app's other certificates as they are, however many are made at once", async () => {
    const others = [1, 2, 3].map(() => engine.create(inputs));
    const made = await Promise.all(others);
    assert.equal(keysOf().length, 3);
    scene.asked();
    await engine.delete(made[1]?.id ?? "", made[1]?.outputs ?? {});
    assert.equal(keysOf().length, 2);
    const [get, patch, ...rest] = shapes(scene.asked());
    assert.equal(get, GET_APP);
    assert.match(patch ?? "", /^PATCH .*"keyCredentials":\[\{/);
    assert.deepEqual(rest, times(5, GET_APP));
  });

  it("are removed by the recorded requests, and gone then", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    await engine.delete(id, outputs);
    assert.deepEqual(shapes(scene.asked()), [
      GET_APP,
      ...writes("destroy", '"keyCredentials":[]'),
      ...times(5, GET_APP),
    ]);
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
    scene.microsoft.objects.clear();
    await assert.rejects(engine.read(id, outputs, inputs), /Retrieving Application \(.*404/);
  });

  it("refuse a key id that is there already, and change nothing", async () => {
    const { id, outputs } = await engine.create(inputs);
    const before = structuredClone(keysOf());
    await assert.rejects(
      engine.create({ ...inputs, keyId: outputs.keyId }),
      new RegExp(`A resource with the ID "${id}" already exists`),
    );
    assert.deepEqual(keysOf(), before);
  });
});

describe("the azuread stand-in's federated credentials", () => {
  const scene = azureAdScene();
  let engine: PluginClient;
  let inputs: Record<string, unknown>;
  const FEDERATED = "federatedIdentityCredentials";
  const isOurs = ({ path }: { path: string }) => path.includes(FEDERATED);
  beforeEach(async () => {
    engine = await scene.engine(
      "applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
    );
    const { id } = scene.microsoft.put("/applications", { displayName: "relay" });
    inputs = {
      applicationId: `/applications/${id}`,
      audiences: ["api://AzureADTokenExchange"],
      displayName: "gh",
      issuer: "https://token.actions.githubusercontent.com",
      subject: "repo:x/y:ref:refs/heads/main",
    };
  });

  it("live by the recorded requests", async () => {
    const { id, outputs } = await engine.create(inputs);
    assert.deepEqual(shapes(scene.asked()), [GET_APP, ...recorded("up", isOurs)]);
    assert.match(id, new RegExp(`/federatedIdentityCredential/${outputs.credentialId}$`));
    assert.deepEqual((await engine.diff(outputs, inputs)).paths, []);
    assert.deepEqual((await engine.read(id)).outputs, outputs);
    assert.deepEqual(shapes(scene.asked()), [...new Set(recorded("refresh", isOurs))]);
    await engine.delete(id, outputs);
    assert.deepEqual(shapes(scene.asked()), recorded("destroy", isOurs));
    assert.equal((await engine.read(id, outputs, inputs)).id, "");
  });

  it("are changed in place, and made anew under another name", async () => {
    const { id, outputs } = await engine.create(inputs);
    scene.asked();
    const changed = { ...inputs, subject: "repo:x/y:environment:production" };
    assert.deepEqual((await engine.diff(outputs, changed)).replaces, []);
    const updated = await engine.update(id, outputs, changed);
    assert.equal(updated.subject, changed.subject);
    const [patch, get] = shapes(scene.asked());
    assert.match(patch ?? "", /^PATCH .*\/federatedIdentityCredentials\/ID .*"name":"gh"/);
    assert.equal(get, `GET /v1.0/applications/ID/${FEDERATED}/ID`);
    const renamed = { ...inputs, displayName: "other" };
    assert.deepEqual((await engine.diff(outputs, renamed)).replaces, ["displayName"]);
  });

  it("have one audience, and ids of their own form", async () => {
    const [failure] = await engine.check({ ...inputs, audiences: ["a", "b"] });
    assert.equal(failure?.property, "audiences");
    const id = "7ffc697f-c805-4790-9cff-713a3aacf67f";
    await assert.rejects(
      engine.read(id),
      /should be in the format \{objectId\}\/\{type\}\/\{subId\}/,
    );
    await assert.rejects(
      engine.read(`${id}/password/${id}`),
      /was expected to be federatedIdentityCredential, got password/,
    );
  });
});
