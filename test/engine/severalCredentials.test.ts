// A sender that signs in with several things of one kind: each comes and goes alone, on the real engine.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Lab } from "../../lab/src/lab.ts";
import {
  type LabApplication,
  labApplications,
  type SignInCertificate,
  signInCertificate,
} from "../../lab/stack/senders.ts";
import type { SignIn } from "../../lab/stack/signIn.ts";
import { labConfig } from "../../lab/stack/stackConfig.ts";
import { errorsOf, type Fixture, openFixture, SEED, summaryOf } from "./fixture.ts";
import { submit } from "./sending.ts";

// One life of one stack: each test goes on where the one before ended.
describe(`several federated identities, seed ${SEED}`, () => {
  let fixture: Fixture;
  let lab: Lab;
  let shop: LabApplication;
  let staging: { readonly issuer: string; readonly subject: string };
  let signIn: SignIn | undefined;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    [shop] = labApplications(lab.world);
    staging = { issuer: `https://staging.${lab.world.tenant.domain}`, subject: "shop/staging" };
  });
  after(() => fixture?.close());

  const stackWith = (federatedIdentity: unknown) =>
    fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": [
          { name: "shop", from: [shop.from], authentication: ["oauth"], federatedIdentity },
        ],
      },
    });
  const up = async (federatedIdentity: unknown): Promise<string[]> => {
    const { outputs, changes } = await (await stackWith(federatedIdentity)).up();
    signIn = (outputs.senders as Record<string, SignIn>).shop;
    return summaryOf(changes);
  };
  const send = (federatedIdentity = shop.federatedIdentity): Promise<string> =>
    submit(
      lab,
      { name: "shop", from: shop.from, ...(federatedIdentity && { federatedIdentity }) },
      signIn,
    );
  const credentials = () =>
    lab.world.directory.applications
      .find(({ appId }) => appId === signIn?.clientId)
      ?.federatedIdentityCredentials.map(({ id, name, subject }) => ({ id, name, subject }));
  const nothingMatches = /^no token: AADSTS70021\d?: No matching federated identity record found/;

  it("a second one is made beside the first, which stays as it is", async () => {
    await up(shop.federatedIdentity);
    assert.equal(await send(), "");
    assert.match(await send(staging), nothingMatches);
    const [first] = credentials() ?? [];
    assert.deepEqual(await up([shop.federatedIdentity, { name: "staging", ...staging }]), [
      "create relay-shop-federated-identity-staging",
      "update relay-survey: credentials, senders",
    ]);
    const [same, second] = credentials() ?? [];
    assert.deepEqual(same, first);
    assert.deepEqual([second?.name, second?.subject], ["relay-shop-staging", staging.subject]);
    assert.deepEqual([await send(), await send(staging)], ["", ""]);
  });

  it("another name for one that is there is refused, and nothing changes", async () => {
    const before = credentials();
    const stack = await stackWith([
      { name: "production", ...shop.federatedIdentity },
      { name: "staging", ...staging },
    ]);
    const errors = await errorsOf(stack.up({ skipPreview: true }));
    assert.match(
      errors.join("\n"),
      /federated-identity-production of shop: has been federated-identity of shop since the last up, and an app in Entra can't have it twice; leave its name as it was, or remove it in one up and add it in the next/,
    );
    assert.deepEqual(credentials(), before);
    assert.deepEqual([await send(), await send(staging)], ["", ""]);
  });

  it("the first goes alone, and is refused from then on", async () => {
    const [, second] = credentials() ?? [];
    assert.deepEqual(await up([{ name: "staging", ...staging }]), [
      "delete relay-shop-federated-identity",
      "update relay-survey: credentials, senders",
    ]);
    assert.deepEqual(credentials(), [second]);
    assert.match(await send(), nothingMatches);
    assert.equal(await send(staging), "");
    assert.deepEqual(
      summaryOf(await (await stackWith([{ name: "staging", ...staging }])).preview()),
      [],
    );
  });
});

// The same for certificates: hosts get the new key one by one.
describe(`two sign-in certificates during a change, seed ${SEED}`, () => {
  const [old, renewed] = [signInCertificate(`${SEED}/old`), signInCertificate(`${SEED}/renewed`)];
  const BOTH = [
    { certificate: old.certificate },
    { name: "renewed", certificate: renewed.certificate },
  ];
  let fixture: Fixture;
  let lab: Lab;
  let from: string;
  let signIn: SignIn | undefined;

  before(async () => {
    fixture = await openFixture();
    ({ lab } = fixture);
    from = `crm@${lab.world.tenant.domain}`;
  });
  after(() => fixture?.close());

  const stackWith = (written: unknown) =>
    fixture.open({
      config: {
        ...labConfig(lab.world),
        "m365-smtp-relay:senders": [
          { name: "crm", from: [from], authentication: ["oauth"], signInCertificate: written },
        ],
      },
    });
  const up = async (written: unknown): Promise<string[]> => {
    const { outputs, changes } = await (await stackWith(written)).up();
    signIn = (outputs.senders as Record<string, SignIn>).crm;
    return summaryOf(changes);
  };
  const send = ({ certificate, key }: SignInCertificate): Promise<string> =>
    submit(lab, { name: "crm", from, signInCertificate: certificate, key }, signIn);
  const keys = () =>
    lab.world.directory.applications
      .find(({ appId }) => appId === signIn?.clientId)
      ?.keyCredentials.map(({ keyId, certificate }) => ({ keyId, certificate }));
  const notRegistered = /^no token: AADSTS700027: .*not registered on application/;

  it("the new one is registered beside the old one, and hosts with either send", async () => {
    await up(old.certificate);
    assert.equal(await send(old), "");
    assert.match(await send(renewed), notRegistered);
    const [first] = keys() ?? [];
    assert.deepEqual(await up(BOTH), [
      "create relay-crm-certificate-renewed",
      "update relay-survey: credentials, senders",
    ]);
    assert.deepEqual(keys()?.[0], first);
    assert.equal(keys()?.length, 2);
    assert.deepEqual([await send(old), await send(renewed)], ["", ""]);
  });

  it("the new one under the old one's name is refused, and nothing changes", async () => {
    const before = keys();
    const stack = await stackWith(renewed.certificate);
    assert.match(
      (await errorsOf(stack.up({ skipPreview: true }))).join("\n"),
      /certificate of crm: has been certificate-renewed of crm since the last up, and an app in Entra can't have it twice; leave its name as it was/,
    );
    assert.deepEqual(keys(), before);
    assert.deepEqual([await send(old), await send(renewed)], ["", ""]);
  });

  it("the old one goes alone, and is refused from then on", async () => {
    const [, second] = keys() ?? [];
    assert.deepEqual(await up(BOTH.slice(1)), [
      "delete relay-crm-certificate",
      "update relay-survey: credentials, senders",
    ]);
    assert.deepEqual(keys(), [second]);
    assert.match(await send(old), notRegistered);
    assert.equal(await send(renewed), "");
    assert.deepEqual(summaryOf(await (await stackWith(BOTH.slice(1))).preview()), []);
  });
});
