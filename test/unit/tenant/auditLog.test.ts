import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAuditing, readRecord, searchAuditLog } from "../../../tenant/auditLog.ts";
import type { CmdletResult } from "../../../tenant/exchange.ts";

// As a public record of 2023 has it (blueteam0ps/det-eng-samples).
const DATA = {
  CreationTime: "2023-05-20T10:54:05",
  Operation: "Set-AdminAuditLogConfig",
  RecordType: 1,
  ResultStatus: "True",
  UserType: 2,
  Workload: "Exchange",
  ObjectId: "Admin Audit Log Settings",
  UserId: "stinger@contoso.onmicrosoft.com",
  AppId: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
  Parameters: [{ Name: "UnifiedAuditLogIngestionEnabled", Value: "False" }],
};
const read = (change: object = {}) => readRecord(JSON.stringify({ ...DATA, ...change }));

/** An Exchange that answers with these results one after the other. */
function answering(...values: CmdletResult["value"][]) {
  const calls: Readonly<Record<string, unknown>>[] = [];
  const invoke = async (cmdlet: string, parameters: Readonly<Record<string, unknown>>) => {
    calls.push({ cmdlet, ...parameters });
    return { value: values[calls.length - 1] ?? [], warnings: [] };
  };
  return { invoke, calls };
}
const results = (count: number, all: number) =>
  Array.from({ length: count }, () => ({ AuditData: JSON.stringify(DATA), ResultCount: all }));
const range = { from: new Date("2026-11-01T08:00:00.9Z"), to: new Date("2026-11-28T00:00:00Z") };

describe("the audit log", () => {
  it("is read as who did what to which object, in UTC", () =>
    assert.deepEqual(read(), [
      {
        when: "2023-05-20T10:54:05.000Z",
        who: "stinger@contoso.onmicrosoft.com",
        appId: "fb78d390-0c51-40cd-8e17-fdbfab77341b",
        cmdlet: "Set-AdminAuditLogConfig",
        objectId: "Admin Audit Log Settings",
        parameters: { UnifiedAuditLogIngestionEnabled: "False" },
      },
    ]));

  it("names an app without a user by its client id", () =>
    assert.equal(read({ UserId: "", AppId: "abc" })[0]?.who, "app abc"));

  it("has nothing of a cmdlet that failed, and of what can't be read", () => {
    for (const ResultStatus of ["False", "Failed"]) assert.deepEqual(read({ ResultStatus }), []);
    assert.deepEqual(read({ CreationTime: "soon" }), []);
    for (const json of ["", "{", "null", "[]", undefined]) assert.deepEqual(readRecord(json), []);
  });

  it("takes parameters that are one text, as some records have them, for none", () =>
    assert.deepEqual(read({ Parameters: '-Name "x"' })[0]?.parameters, {}));

  it("is searched by cmdlets and range, and read until all that it counted is there", async () => {
    const { invoke, calls } = answering(results(2, 3), results(1, 3));
    const found = await searchAuditLog(invoke, { cmdlets: ["Set-InboundConnector"], ...range });
    assert.equal(found.length, 3);
    assert.equal(calls.length, 2);
    const [{ SessionId, ...first } = {}, second] = calls;
    assert.deepEqual(first, {
      cmdlet: "Search-UnifiedAuditLog",
      StartDate: "2026-11-01 08:00:00Z",
      EndDate: "2026-11-28 00:00:00Z",
      RecordType: "ExchangeAdmin",
      Operations: ["Set-InboundConnector"],
      SessionCommand: "ReturnLargeSet",
      ResultSize: 1000,
    });
    assert.match(String(SessionId), /^[\da-f-]{36}$/);
    assert.equal(second?.SessionId, SessionId);
  });

  it("ends with an answer without a record, whatever was counted", async () => {
    const { invoke, calls } = answering(results(1, 9));
    assert.equal((await searchAuditLog(invoke, { cmdlets: [], ...range })).length, 1);
    assert.equal(calls.length, 2);
  });

  it("is off only where Exchange says so", async () => {
    const on = (value: CmdletResult["value"]) => isAuditing(answering(value).invoke);
    assert.equal(await on([{ UnifiedAuditLogIngestionEnabled: false }]), false);
    assert.equal(await on([{ UnifiedAuditLogIngestionEnabled: true }]), true);
    assert.equal(await on([]), true);
  });
});
