import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { directSendProblem } from "../../../../mail/senders/directSend.ts";

describe("directSendProblem", () => {
  it("is silent where the tenant takes direct send, or nobody relies on it", () => {
    assert.equal(directSendProblem(["scanner"], false), undefined);
    assert.equal(directSendProblem([], true), undefined);
  });
  for (const [senders, key, use, them] of [
    [["scanner"], 'sender "scanner"', "uses", "it"],
    [["scanner", "fax"], 'senders "scanner", "fax"', "use", "them"],
  ] as const) {
    it(`names ${key}, and both ways out`, () =>
      assert.deepEqual(directSendProblem(senders, true), {
        key,
        value: undefined,
        rule: `${use} direct send, which the tenant refuses with 550 5.7.68 (RejectDirectSend)`,
        fix: `give ${them} authentication: [staticIp], which makes a connector for the address, or allow direct send for everybody with Set-OrganizationConfig -RejectDirectSend $false`,
      }));
  }
});
