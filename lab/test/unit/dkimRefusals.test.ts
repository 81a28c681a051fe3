// What the DKIM cmdlets refuse, and that nothing changes then.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { editByHand, type RecordByHand } from "../../src/cloudflare/byHand.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { dkimRecords, placing } from "./zone.ts";

describe("DKIM cmdlets refuse", () => {
  let bench: ExchangeBench;
  let domain: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    domain = bench.world.tenant.domain;
  });
  const state = () => structuredClone(bench.world.dkimConfigs);
  const named = (verb: string) => (verb === "New" ? "DomainName" : "Identity");
  const call = (verb: string, change: object = {}) =>
    bench.invoke(`${verb}-DkimSigningConfig`, {
      [named(verb)]: domain,
      ...(verb === "New" ? { Enabled: false } : { Confirm: false }),
      ...change,
    });
  async function makeReady(): Promise<void> {
    await call("New");
    await bench.dkimKeys.idle();
    await bench.clock.advance(bench.world.settings.dkimKeysMs);
  }

  const refusals: [string, string[], object, RegExp][] = [
    ["an unknown parameter", ["New", "Set", "Rotate", "Remove"], { Nonsense: 1 }, /Nonsense$/],
    [
      "WhatIf",
      ["New", "Set", "Rotate", "Remove"],
      { WhatIf: true },
      /does not model the parameter WhatIf/,
    ],
    ["a key size in Set", ["Set"], { KeySize: 2048 }, /AmbiguousParameterSet.*KeySize$/],
    ["another key size", ["New", "Rotate"], { KeySize: 4096 }, /Valid values are: 1024, 2048/],
    ["a key size as text", ["New", "Rotate"], { KeySize: "2048" }, /to type "System\.UInt16"/],
    ["a key size below zero", ["New", "Rotate"], { KeySize: -1 }, /to type "System\.UInt16"/],
    ["a text for a flag", ["New", "Set"], { Enabled: "true" }, /to type "System\.Boolean"/],
    ["null for a flag", ["New", "Set"], { Enabled: null }, /to type "System\.Boolean"/],
    [
      "a bad canonicalization",
      ["New", "Set"],
      { HeaderCanonicalization: "Strict" },
      /enumerator names and try again: Simple, Relaxed/,
    ],
    ["force where there is none", ["New", "Set"], { Force: true }, /Force$/],
  ];
  for (const [what, verbs, change, text] of refusals) {
    it(`${what} (${verbs.join(", ")})`, async () => {
      for (const verb of verbs) {
        if (verb === "New") bench.world.dkimConfigs.splice(1);
        else if (bench.world.dkimConfigs.length < 2) await makeReady();
        const before = state();
        const { status, text: said } = await call(verb, change);
        assert.equal(status, 400, verb);
        assert.match(said, text, verb);
        assert.deepEqual(state(), before, verb);
      }
    });
  }

  for (const parameter of ["ResultSize", "Nonsense"]) {
    it(`Get with ${parameter}, which its page does not have`, async () => {
      const { text } = await bench.invoke("Get-DkimSigningConfig", { [parameter]: "Unlimited" });
      assert.match(text, new RegExp(`AmbiguousParameterSetException\\|.*${parameter}$`));
    });
  }

  it("New for a domain that is not accepted, or not yet verified", async () => {
    const before = state();
    const unverified = bench.world.tenant.domains.find(({ isVerified }) => !isVerified)?.id;
    for (const DomainName of ["elsewhere.example", `sub.${domain}`, unverified]) {
      const { status, text } = await call("New", { DomainName });
      assert.equal(status, 404);
      assert.match(text, /ManagementObjectNotFoundException\|The accepted domain/);
    }
    assert.deepEqual(state(), before);
  });

  it("a second config for a domain, the initial one too", async () => {
    await call("New");
    const before = state();
    for (const DomainName of [domain.toUpperCase(), bench.world.tenant.initialDomain]) {
      const { status, text } = await call("New", { DomainName });
      assert.equal(status, 400);
      assert.match(text, /ADObjectAlreadyExistsException\|/);
    }
    assert.deepEqual(state(), before);
  });

  it("Rotate of a domain without a config", async () => {
    const before = state();
    const { status, text } = await call("Rotate");
    assert.equal(status, 404);
    assert.match(text, /ManagementObjectNotFoundException\|The operation couldn't be performed/);
    assert.deepEqual(state(), before);
  });

  describe("to enable signing", () => {
    const foreign = "selector1-other-example._domainkey.other.onmicrosoft.com";
    const zones: [string, (records: RecordByHand[]) => RecordByHand[]][] = [
      ["without CNAMEs", () => []],
      ["with one of two CNAMEs", (both) => both.slice(0, 1)],
      ["with the CNAMEs changed over", ([a, b]) => (a && b ? swapped(a, b) : [])],
      [
        "with a CNAME to somebody else",
        ([a, b]) => (a && b ? [{ ...a, content: foreign }, b] : []),
      ],
      ["with a proxied CNAME", ([a, b]) => (a && b ? [a, { ...b, proxied: true }] : [])],
      ["with the key itself in the place of the CNAME", (both) => both.map(asText)],
    ];
    const swapped = (a: RecordByHand, b: RecordByHand) => [
      { ...a, content: b.content },
      { ...b, content: a.content },
    ];
    const asText = (record: RecordByHand): RecordByHand => ({
      ...record,
      type: "TXT",
      content: '"v=DKIM1; k=rsa; p=AAAA"',
    });
    for (const [what, recordsOf] of zones) {
      it(`${what}, with the words that name both records`, async () => {
        await makeReady();
        editByHand(domain, placing(...recordsOf(dkimRecords(bench.world))), bench.context);
        const before = state();
        const { status, text } = await call("Set", { Enabled: true, AdminDisplayName: "x" });
        assert.equal(status, 400);
        const [one, two] = bench.world.dkimConfigs[1]?.selectors ?? [];
        assert.equal(
          text,
          `|Microsoft.Exchange.Management.Tasks.ValidationException|CNAME record does not exist for this config. Please publish the following two CNAME records first. Domain Name : ${domain} Host Name : selector1._domainkey Points to address or value: ${one?.cname} Host Name : selector2._domainkey Points to address or value: ${two?.cname} . If you have already published the CNAME records, sync will take a few minutes to as many as 4 days based on your specific DNS. Return and retry this step later.`,
        );
        assert.deepEqual(state(), before);
      });
    }

    it("in a zone that flattens every CNAME", async () => {
      await makeReady();
      editByHand(domain, placing(...dkimRecords(bench.world)), bench.context);
      const zone = bench.world.cloudflare.zones.find(({ name }) => name === domain);
      if (zone) zone.flattenAll = true;
      const before = state();
      assert.match((await call("Set", { Enabled: true })).text, /CNAME record does not exist/);
      assert.deepEqual(state(), before);
    });
  });

  it("Rotate of a config that is not enabled", async () => {
    await makeReady();
    const before = state();
    assert.match((await call("Rotate")).text, /isn't enabled/);
    assert.deepEqual(state(), before);
  });

  it("to disable or remove the initial domain's config", async () => {
    const Identity = bench.world.tenant.initialDomain;
    const before = state();
    assert.match((await call("Set", { Identity, Enabled: false })).text, /initial domain/);
    assert.match((await call("Remove", { Identity })).text, /initial domain/);
    assert.deepEqual(state(), before);
  });

  it("Remove in a tenant that lacks the cmdlet, as any unknown one", async () => {
    await makeReady();
    bench.world.settings.dkimRemovable = false;
    const before = state();
    const response = await bench.post({
      CmdletInput: {
        CmdletName: "Remove-DkimSigningConfig",
        Parameters: { Identity: domain, Confirm: false },
      },
    });
    assert.equal(response.status, 403);
    assert.equal(bench.log.count({ result: "403 exchange.unknown-cmdlet", refused: true }), 1);
    assert.deepEqual(state(), before);
  });
});
