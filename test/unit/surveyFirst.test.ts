// The engine checks and creates a resource once the program has registered it. Components, which no service sees, are
// registered at once. Everything else waits for the survey.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { SmtpRelay } from "../../components/smtpRelay.ts";
import { readConfig } from "../../config/read.ts";
import { APPLICATION_ACCESSES, type ApplicationAccess } from "../../mail/senders/access.ts";
import { goodConfig } from "../badConfigs.ts";
import { CERTIFICATE } from "./mail/certificates.ts";

const LICENSE = { license: "EXCHANGESTANDARD" };
const REPORTS = { rua: ["mailto:r@shop.contoso.com"] };
const oauth = (name: string, more: object = {}) => ({
  name,
  from: [`${name}@contoso.com`],
  authentication: ["oauth"],
  ...more,
});
const SENDERS = [
  oauth("secret", { from: ["secret@contoso.com", "other@contoso.com"] }),
  oauth("federated", { federatedIdentity: { issuer: "https://idp.contoso.com", subject: "x" } }),
  oauth("signed", { signInCertificate: CERTIFICATE, recipientsPerDay: 100 }),
  oauth("licensed", LICENSE),
  oauth("desk", { adoptMailbox: true }),
  { ...oauth("printer", LICENSE), authentication: ["password"], recipientsPerDay: 100 },
];
const DOMAINS = [
  { name: "contoso.com", mtaSts: { id: "1" }, tlsRpt: REPORTS, dmarc: REPORTS },
  { name: "shop.contoso.com", dmarc: { policy: "none" } },
  { name: "fabrikam.com", dns: { host: "external" } },
];

/** A relay with senders, domains and connectors of each kind. */
function everyKind(access: ApplicationAccess) {
  const config = goodConfig();
  const raw = Object.entries({
    ...config,
    "m365-smtp-relay:senders": [...config["m365-smtp-relay:senders"], ...SENDERS],
    "m365-smtp-relay:domains": DOMAINS,
    "m365-smtp-relay:applicationAccess": access,
  }).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  const zones = [{ id: "0".repeat(32), name: "contoso.com" }];
  return { ...readConfig(Object.fromEntries(raw), "test"), zones };
}

/** What the mocked engine returns of any resource, beside its inputs. */
const OUTPUTS = {
  mxHost: "mx.example",
  pending: "",
  after: "v=DMARC1; p=none",
  selector1CNAME: "one.example",
  selector2CNAME: "two.example",
  appRoleIds: { "SMTP.SendAsApp": "00000002-0000-0ff1-ce00-000000000000" },
};

/** Names of what a relay registers and asks for while its survey is checked, and afterwards. */
async function registrations(access: ApplicationAccess) {
  const components: string[] = [];
  const during: string[] = [];
  const later: string[] = [];
  const survey = Promise.withResolvers<void>();
  let seen = during;
  await pulumi.runtime.setMocks({
    call: ({ token }) => {
      seen.push(token);
      return OUTPUTS;
    },
    async newResource({ name, custom, inputs }) {
      if (name === "relay-survey") await survey.promise;
      else (custom ? seen : components).push(name);
      return { id: name, state: { ...inputs, ...OUTPUTS } };
    },
  });
  new SmtpRelay("relay", everyKind(access));
  const has = async (needed: readonly string[]) => {
    const isThere = (name: string) => [components, during, later].some((one) => one.includes(name));
    while (!needed.every(isThere)) await sleep(10);
  };
  const submitters = SENDERS.map(({ name }) => `relay-${name}-submitter`);
  await has([...submitters, ...DOMAINS.map(({ name }) => `relay-${name}-dns`)]);
  await sleep(100);
  seen = later;
  survey.resolve();
  await has([
    ...SENDERS.map(({ name }) => `relay-${name}-submission`),
    ...DOMAINS.map(({ name }) => `relay-${name}-dkim`),
    ...["erp", "billing"].map((name) => `relay-${name}-connector`),
  ]);
  return { during, later };
}

describe("a relay", () => {
  for (const access of APPLICATION_ACCESSES) {
    it(`registers components alone before its survey has passed, access ${access}`, async (t) => {
      for (const level of ["info", "warn"] as const)
        t.mock.method(pulumi.log, level, async () => {});
      const { during, later } = await registrations(access);
      assert.deepEqual(during, []);
      assert.ok(later.length > 50, `${later.length} resources: ${later.join(", ")}`);
    });
  }
});
