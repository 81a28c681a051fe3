// What doctor says of a fence: whether it stands, and whether a rule before it lets mail past.
import { describe, it } from "node:test";
import { judgeFence } from "../../../../mail/doctor/exchange/fence.ts";
import { judgeFlowRule } from "../../../../mail/doctor/exchange/flowRules.ts";
import { newFenceParameters, wantedFence } from "../../../../mail/exchange/fence.ts";
import { expectFindings } from "./expectFindings.ts";

const wanted = wantedFence({
  ...{ owner: "relays/prod/erp", name: "relay-prod-erp" },
  ...{ senderIpRanges: ["198.51.100.7"], from: ["erp@contoso.com", "*@fabrikam.com"] },
});
const rule = (name: string, properties: object = {}) => ({ name, properties: { ...properties } });
const fence = (change: object = {}) =>
  rule("relay-prod-erp", {
    ...newFenceParameters(wanted),
    ...{ State: "Enabled", Priority: 2, ...change },
  });
const judged = (...rules: Parameters<typeof judgeFence>[1]) =>
  judgeFence({ sender: "erp", wanted }, rules);

describe("doctor of a fence", () => {
  const stopping = (change: object = {}) =>
    rule("Stop", { Priority: 1, StopRuleProcessing: true, PrependSubject: "[x]", ...change });
  const cases: readonly (readonly [
    title: string,
    rules: ReturnType<typeof rule>[],
    ...string[],
  ])[] = [
    ["that stands", [fence(), rule("Other", { Priority: 0 })]],
    ["that is gone", [rule("Other")], "error the fence of erp is gone; every host; up"],
    ["that is off", [fence({ State: "Disabled" })], "error is switched off; every host; up"],
    ["that is tested", [fence({ Mode: "Audit" })], "error is only tested \\(Mode Audit\\); ; up"],
    [
      "with another exception",
      [fence({ ExceptIfSentTo: ["a@contoso.com"] })],
      "error has further conditions: ExceptIfSentTo; ; up",
    ],
    [
      "for other addresses",
      [fence({ SenderIpRanges: ["198.51.100.8"] })],
      "error has another senderIpRanges; ; up",
    ],
    [
      "that looks at the envelope",
      [fence({ SenderAddressLocation: "Envelope" })],
      "error looks for the sender in Envelope; ; up",
    ],
    [
      "behind a rule that stops",
      [stopping(), fence()],
      "warning \"Stop\" comes before the fence of erp; passes; Set-TransportRule -Identity 'relay-prod-erp' -Priority 0",
    ],
    ["before a rule that stops", [stopping({ Priority: 3 }), fence()]],
    ["behind one that stops and is off", [stopping({ State: "Disabled" }), fence()]],
    ["behind one that stops what it rejects", [stopping({ DeleteMessage: true }), fence()]],
    [
      "behind one that stops mail from elsewhere",
      [stopping({ SenderIpRanges: ["203.0.113.0/24"] }), fence()],
    ],
    [
      "behind one that stops all but its mail",
      [stopping({ ExceptIfSenderIpRanges: ["198.51.100.0/24"] }), fence()],
    ],
  ];
  for (const [title, rules, ...expected] of cases) {
    it(`knows one ${title}`, () => expectFindings([judged(...rules)].flat(), expected));
  }
});

describe("doctor of mail flow rules", () => {
  const sender = (from: readonly string[], egress = ["198.51.100.7"]) => ({
    ...{ sender: "erp", from, egress, signsIn: false },
  });
  const says = (from: readonly string[]) => judgeFlowRule(fence(), [sender(from)]);

  it("is silent of a fence about mail that it lets pass", () => {
    expectFindings(says(["erp@contoso.com"]), []);
    expectFindings(says(["*@fabrikam.com", "x@fabrikam.com"]), []);
  });

  it("tells of a fence that refuses what a sender at its addresses sends", () => {
    expectFindings(says(["crm@contoso.com"]), [
      'error matches mail of sender "erp", and rejects; ; ',
    ]);
    expectFindings(says(["*@contoso.com"]), ['warning may match mail of sender "erp"; ; ']);
    expectFindings(says(["erp@contoso.com", "crm@contoso.com"]), ["warning may match; ; "]);
  });
});
