import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentence } from "../../../../mail/problem.ts";
import {
  appNotKnownProblem,
  mayNotSubmit,
  notToSubmitProblem,
} from "../../../../mail/senders/adoptedApplication.ts";

const APP = "11111111-2222-3333-4444-555555555555";
const GIVE =
  'let the app\'s owner give it the role "Application SMTP.SendAsApp" over a scope with this mailbox, or SMTP.SendAsApp in Entra and full access to the mailbox';

describe("an app that is to be adopted", () => {
  it("has to be in Exchange", () =>
    assert.equal(
      sentence(appNotKnownProblem(APP)),
      `adoptApplication: "${APP}" is to be adopted, but Exchange has no service principal of this app; use the client id of the app that sends from the mailbox already, or remove adoptApplication to let the stack create an app`,
    ));
  it("has to be let in to the mailbox", () =>
    assert.equal(
      sentence(notToSubmitProblem(APP, "shop@contoso.com")),
      `adoptApplication: "${APP}" is to be adopted, but Exchange does not let this app submit mail as shop@contoso.com; ${GIVE}; or remove adoptApplication to let the stack create an app`,
    ));
  it("has to be let in later too", () =>
    assert.equal(
      mayNotSubmit(APP, "shop@contoso.com"),
      `Exchange does not let app ${APP} submit mail as shop@contoso.com any more, and the stack gives an adopted app no rights; ${GIVE}, then run pulumi up again`,
    ));
});
