// Senders of a stack by name, as commands ask for them, and what stops or renews those that have nothing of their own.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "../../../config/read.ts";
import { chooseSubmission } from "../../../mail/senders/choose.ts";
import { rotatedCredential } from "../../../mail/senders/rotation.ts";
import { nothingToStop } from "../../../mail/stop/nothing.ts";
import { frontOf, senderNamed } from "../../../scripts/stack/config.ts";
import { goodConfig } from "../../badConfigs.ts";

const sender = (name: string, authentication: string, more: object = {}) => ({
  ...{ name, from: [`${name}@contoso.com`], authentication: [authentication] },
  ...more,
});
const raw = {
  ...goodConfig(),
  "m365-smtp-relay:senders": [
    sender("printers", "staticIp", { egress: ["198.51.100.8"] }),
    sender("alarms", "none", { via: "printers" }),
    sender("shop", "oauth"),
    sender("scan", "none", { egress: ["198.51.100.9"], external: 0 }),
    sender("news", "oauth", { purpose: "marketing" }),
  ],
};
const config = readConfig(
  Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ),
  "prod",
);
const named = (name: string) => senderNamed(name, config, "contoso/relay/prod");

describe("a sender by name", () => {
  it("is itself, or the one that it sends through where that is meant as well", () => {
    assert.equal(named("shop").name, "shop");
    assert.equal(frontOf("alarms", config, "prod").name, "printers");
    assert.equal(frontOf("printers", config, "prod").name, "printers");
  });

  it("is refused where it sends through another one, which is named", () => {
    assert.throws(() => named("alarms"), {
      message: `sender "alarms" sends through "printers", and Exchange can't tell the two apart: name "printers", and it is done for all that send through it; nothing was changed`,
    });
  });

  it("is one of those of the stack file, also of those behind others", () => {
    const message =
      'stack "prod" has no sender "nobody"; use one of printers, alarms, shop, scan, news; nothing was changed';
    assert.throws(() => named("nobody"), { message });
    assert.throws(() => frontOf("nobody", config, "prod"), { message });
  });
});

describe("a sender that the stack makes nothing for", () => {
  const stopping = (name: string) => nothingToStop(named(name));
  const rotating = (name: string) => () =>
    rotatedCredential(chooseSubmission(config.senders), name);

  it("is not stopped in the tenant, but where it runs or was set up", () => {
    assert.match(
      stopping("scan") ?? "",
      /direct send, .* stop it where it runs, .*RejectDirectSend/,
    );
    assert.match(
      stopping("news") ?? "",
      /^it is to send with Azure Communication Services, which this stack does not set up; stop it there$/,
    );
    assert.deepEqual([stopping("shop"), stopping("printers")], [undefined, undefined]);
  });

  it("has nothing to renew here", () => {
    assert.throws(rotating("scan"), /"scan" uses direct send, which signs in with nothing/);
    assert.throws(rotating("news"), /Azure Communication Services, .* renew its credential there/);
    assert.equal(rotating("shop")(), "secret");
  });
});
