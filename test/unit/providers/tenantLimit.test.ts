// What a preview says of the recipients outside that all senders send to in a day, by the tenant's licences.
import assert from "node:assert/strict";
import { before, beforeEach, describe, it } from "node:test";
import type { Sku } from "../../../lab/src/world/world.ts";
import { openTenants } from "../../../providers/host/tenants.ts";
import { survey } from "../../../providers/survey.ts";
import { type SurveyInputs, surveyInputs } from "../../../providers/surveyInputs.ts";
import { lifeOf } from "./life.ts";
import { OWNER, useZoneFixture } from "./zoneFixture.ts";

describe("the tenant's external recipients a day", () => {
  const fixture = useZoneFixture("tenantLimit");
  let skus: Sku[];
  before(() => {
    skus = structuredClone(fixture.lab.world.tenant.skus);
  });
  beforeEach(() => {
    fixture.lab.world.tenant.skus = structuredClone(skus);
  });

  const life = () =>
    lifeOf<SurveyInputs, SurveyInputs>(() => survey(openTenants(), fixture.access()));
  const sending = (externalRecipientsPerDay?: number): SurveyInputs =>
    surveyInputs({
      ...{
        ...fixture.tenant,
        owner: OWNER,
        domains: [],
        connectors: [],
        mailboxes: [],
        senders: {},
      },
      ...(externalRecipientsPerDay === undefined ? {} : { externalRecipientsPerDay }),
    });
  /** The tenant with so many licences of one SKU. */
  const licensed = (enabled: number, isTrial = false) => {
    const [sku] = skus;
    assert.ok(sku);
    fixture.lab.world.tenant.skus = [{ ...sku, enabled, isTrial }];
  };
  /** What a check of the stack says; it refuses nothing. */
  async function said(news: SurveyInputs, inputs?: SurveyInputs): Promise<string[]> {
    fixture.said.length = 0;
    const made = inputs && { id: OWNER, inputs, outs: inputs };
    assert.deepEqual(await life().refusals(news, made), []);
    return [...fixture.said];
  }

  it("is told from 80 % on, by the licences that are paid for", async () => {
    licensed(100);
    assert.deepEqual(await said(sending(17_647)), []);
    const [notice = "", ...others] = await said(sending(17_648));
    assert.match(
      notice,
      /^all senders together use 17,648 of 22,059 .* 550 5\.7\.233 .* with 100 paid licences$/,
    );
    assert.deepEqual(others, []);
    licensed(1000);
    assert.deepEqual(await said(sending(17_648)), []);
  });

  it("is 5,000 in a tenant of trials", async () => {
    licensed(100, true);
    assert.deepEqual(await said(sending(3999)), []);
    assert.match((await said(sending(4000)))[0] ?? "", /4,000 of 5,000 .* 550 5\.7\.232 /);
  });

  it("an app that may not see what is a trial takes all for paid licences", async () => {
    licensed(1, true);
    fixture.lab.world.deployer.appRoles.graph = ["Domain.Read.All", "LicenseAssignment.Read.All"];
    assert.deepEqual(await said(sending(4000)), []);
    assert.match((await said(sending(9000)))[0] ?? "", /9,000 of 10,000 .*1 paid licence$/);
  });

  it("asks nothing where the number is as it was, or near no limit", async () => {
    licensed(1);
    assert.deepEqual(await said(sending(9000), sending(9000)), []);
    assert.deepEqual(await said(sending(), sending(9000)), []);
    assert.deepEqual(
      fixture.events().filter(({ service }) => service === "graph"),
      [],
    );
  });
});
