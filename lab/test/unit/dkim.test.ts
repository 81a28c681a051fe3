// The DKIM cmdlets: what they make and show, when keys are there, when Exchange takes the CNAMEs, rotation.
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { editByHand, type RecordByHand } from "../../src/cloudflare/byHand.ts";
import { drawCnames } from "../../src/exchange/nouns/dkimCnames.ts";
import { openLab } from "../../src/lab.ts";
import { makeWorld } from "../../src/world/make.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { dkimRecords, placing, removing } from "./zone.ts";

const HOUR_MS = 3_600_000;

describe("DKIM cmdlets", () => {
  let bench: ExchangeBench;
  let domain: string;
  let initial: string;
  beforeEach(async () => {
    bench = await makeExchangeBench();
    ({ domain, initialDomain: initial } = bench.world.tenant);
  });
  const make = (change: object = {}) =>
    bench.invoke("New-DkimSigningConfig", { DomainName: domain, Enabled: false, ...change });
  const set = (change: object) =>
    bench.invoke("Set-DkimSigningConfig", { Identity: domain, Confirm: false, ...change });
  const rotate = (change: object = {}) =>
    bench.invoke("Rotate-DkimSigningConfig", { Identity: domain, Confirm: false, ...change });
  const remove = (change: object = {}) =>
    bench.invoke("Remove-DkimSigningConfig", { Identity: domain, Confirm: false, ...change });
  const read = async (Identity: string | null = domain) => {
    const { value } = await bench.invoke("Get-DkimSigningConfig", { Identity });
    return value[0] ?? {};
  };
  const edit = (change: (records: RecordByHand[]) => RecordByHand[]) =>
    editByHand(domain, change, bench.context);
  const config = () => bench.world.dkimConfigs.find((one) => one.domain === domain);

  /** Lets time pass, which tokens do not outlive. */
  async function wait(ms: number): Promise<void> {
    await bench.clock.advance(ms);
    await bench.renewToken();
  }

  /** A config whose keys are there. */
  async function makeReady(change: object = {}): Promise<void> {
    assert.equal((await make(change)).status, 200);
    await bench.dkimKeys.idle();
    await bench.clock.advance(bench.world.settings.dkimKeysMs);
  }
  async function makeEnabled(change: object = {}): Promise<void> {
    await makeReady(change);
    edit(placing(...dkimRecords(bench.world)));
    assert.equal((await set({ Enabled: true })).status, 200);
  }
  const bitsOf = (record: unknown) => {
    const key = /^v=DKIM1; k=rsa; p=([A-Za-z0-9+/=]+);$/.exec(String(record))?.[1] ?? "";
    const der = Buffer.from(key, "base64");
    return createPublicKey({ key: der, type: "spki", format: "der" }).asymmetricKeyDetails
      ?.modulusLength;
  };

  it("New gives the object, and Get reads it back with the field set of the live records", async () => {
    const made = await make({ DomainName: domain.toUpperCase(), AdminDisplayName: "ours" });
    assert.equal(made.status, 200);
    const found = await read(domain.toUpperCase());
    assert.deepEqual([found], made.value);
    const names = Object.keys(found).filter((name) => !name.includes("@"));
    assert.deepEqual(names, [
      ...["Domain", "AdminDisplayName", "Selector1KeySize", "Selector1CNAME"],
      ...["Selector1PublicKey", "Selector2KeySize", "Selector2CNAME", "Selector2PublicKey"],
      ...["Enabled", "IsDefault", "HeaderCanonicalization", "BodyCanonicalization", "Algorithm"],
      ...["NumberOfBytesToSign", "IncludeSignatureCreationTime", "IncludeKeyExpiration"],
      ...["KeyCreationTime", "LastChecked", "RotateOnDate", "SelectorBeforeRotateOnDate"],
      ...["SelectorAfterRotateOnDate", "Status", "Identity", "Id", "Name", "IsValid"],
    ]);
    assert.deepEqual(
      [found.Domain, found.AdminDisplayName, found.Selector1KeySize, found.HeaderCanonicalization],
      [domain, "ours", 1024, "Relaxed"],
    );
    assert.equal(found["Selector1KeySize@odata.type"], "#Decimal");
    assert.match(String(found.RotateOnDate), /^\d{4}-\d\d-\d\dT[\d:]{8}\.0000000Z$/);
  });

  it("the keys come later: NoDKIMKeys first, then CnameMissing and two real keys", async () => {
    await make({ KeySize: 2048 });
    await bench.dkimKeys.idle();
    const early = await read();
    assert.deepEqual(
      [early.Status, early.Selector1PublicKey, early.KeyCreationTime],
      ["NoDKIMKeys", null, null],
    );
    assert.match(
      (await set({ Enabled: true })).text,
      /ValidationException\|There are no DKIM keys/,
    );
    await bench.clock.advance(bench.world.settings.dkimKeysMs);
    const found = await read();
    assert.equal(found.Status, "CnameMissing");
    assert.deepEqual(
      [found.Selector1KeySize, bitsOf(found.Selector1PublicKey), bitsOf(found.Selector2PublicKey)],
      [2048, 2048, 2048],
    );
  });

  it("a key that is still being made is not there, whatever the time", async () => {
    await makeReady();
    const selector = config()?.selectors[1];
    assert.ok(selector);
    selector.publicKey = "";
    const found = await read();
    assert.deepEqual([found.Status, found.Selector1PublicKey], ["NoDKIMKeys", null]);
    assert.match((await set({ Enabled: true })).text, /There are no DKIM keys/);
    assert.equal(config()?.enabled, false);
  });

  it("the CNAMEs are returned at once, or with the keys, as the world has it", async () => {
    bench.world.settings.dkimEarlyCnames = "null";
    await make();
    assert.equal((await read()).Selector1CNAME, null);
    bench.world.settings.dkimEarlyCnames = "shown";
    const [first, second] = config()?.selectors ?? [];
    const found = await read();
    assert.deepEqual([found.Selector1CNAME, found.Selector2CNAME], [first?.cname, second?.cname]);
    bench.world.settings.dkimEarlyCnames = "null";
    await bench.dkimKeys.idle();
    await bench.clock.advance(bench.world.settings.dkimKeysMs);
    assert.equal((await read()).Selector1CNAME, first?.cname);
  });

  it("both forms of CNAME targets are drawn, one a domain, by the seed", () => {
    const targets = Array.from({ length: 40 }, (_, n) => {
      const world = makeWorld(`seed ${n}`);
      assert.deepEqual(drawCnames("a-b.example", world), drawCnames("a-b.example", world));
      const [label] = world.tenant.initialDomain.split(".");
      const [one, two] = drawCnames("a-b.example", world);
      assert.equal(one.replace("selector1", "selector2"), two);
      return one.replace(String(label), "contoso");
    });
    const old = "selector1-a-b-example._domainkey.contoso.onmicrosoft.com";
    const recent =
      /^selector1-a-b-example\._domainkey\.contoso\.[nrqay]-v1\.dkim\.mail\.microsoft$/;
    assert.ok(targets.includes(old));
    assert.ok(targets.some((target) => recent.test(target)));
    assert.ok(targets.every((target) => target === old || recent.test(target)));
    assert.ok(new Set(targets).size > 3);
  });

  it("enabled with both CNAMEs it is Valid; without one of them it says so and goes on signing", async () => {
    await makeEnabled();
    const found = await read();
    assert.deepEqual([found.Enabled, found.Status], [true, "Valid"]);
    edit(removing({ name: `selector2._domainkey.${domain}`, type: "CNAME" }));
    const later = await read();
    assert.deepEqual([later.Enabled, later.Status], [true, "CnameMissing"]);
    assert.equal((await set({ Enabled: false })).status, 200);
    assert.equal(config()?.enabled, false);
  });

  it("it takes the CNAMEs some time after the first look that found them", async () => {
    bench.world.settings.dkimSyncMs = HOUR_MS;
    await makeReady();
    await wait(HOUR_MS);
    edit(placing(...dkimRecords(bench.world)));
    assert.match((await set({ Enabled: true })).text, /sync will take a few minutes/);
    await wait(HOUR_MS / 2);
    edit(removing(...dkimRecords(bench.world)));
    assert.equal((await set({ Enabled: true })).status, 400);
    edit(placing(...dkimRecords(bench.world)));
    assert.equal((await set({ Enabled: true })).status, 400);
    await wait(HOUR_MS / 2);
    assert.equal((await set({ Enabled: true })).status, 400);
    assert.equal(config()?.enabled, false);
    await wait(HOUR_MS / 2);
    assert.equal((await set({ Enabled: true })).status, 200);
    assert.equal(config()?.enabled, true);
  });

  it("New with Enabled true makes a disabled one and says which CNAMEs it misses", async () => {
    const made = await make({ Enabled: true });
    assert.equal(made.status, 200);
    assert.equal(made.value[0]?.Enabled, false);
    assert.match(made.warnings.join(), /^CNAME record does not exist for this config\./);
  });

  it("New with Enabled true makes an enabled one where the CNAMEs are left from before", async () => {
    await makeEnabled();
    await remove();
    const made = await make({ Enabled: true });
    assert.deepEqual([made.value[0]?.Enabled, made.warnings], [true, []]);
  });

  it("Set changes what it is given, and says when that is nothing", async () => {
    await makeReady();
    await set({ BodyCanonicalization: "sim", AdminDisplayName: "ours", PublishTxtRecords: true });
    const found = await read();
    assert.deepEqual(
      [found.BodyCanonicalization, found.HeaderCanonicalization, found.AdminDisplayName],
      ["Simple", "Relaxed", "ours"],
    );
    const again = await set({ BodyCanonicalization: "Simple" });
    assert.match(again.warnings.join(), /no settings of '.*' have been modified/);
    await set({ AdminDisplayName: null });
    assert.equal(config()?.adminDisplayName, "");
  });

  it("the initial domain has a config from the start, needs no CNAMEs, and is the default", async () => {
    const { value } = await bench.invoke("Get-DkimSigningConfig");
    assert.deepEqual(
      value.map(({ Domain, Enabled, IsDefault, Status }) => ({
        Domain,
        Enabled,
        IsDefault,
        Status,
      })),
      [{ Domain: initial, Enabled: true, IsDefault: true, Status: "Valid" }],
    );
    assert.equal(
      value[0]?.Selector1CNAME,
      `selector1-${initial.replaceAll(".", "-")}._domainkey.${initial}`,
    );
    await make();
    const all = await bench.invoke("Get-DkimSigningConfig", { Identity: null });
    assert.deepEqual(
      all.value.map(({ Identity }) => Identity),
      [initial, domain],
    );
    bench.world.settings.pageSize = 1;
    const page = await bench.invoke("Get-DkimSigningConfig");
    assert.equal(page.value.length, 1);
    assert.ok(page.body["@odata.nextLink"]);
  });

  it("Rotate makes a key for the other selector, which signs in 96 hours", async () => {
    await makeEnabled();
    const before = await read();
    assert.deepEqual(
      [before.SelectorBeforeRotateOnDate, before.SelectorAfterRotateOnDate],
      ["selector2", "selector1"],
    );
    const { keyId } = config()?.selectors[1] ?? {};
    assert.equal((await rotate({ KeySize: 2048 })).status, 200);
    await bench.dkimKeys.idle();
    const after = await read();
    assert.deepEqual(
      [after.SelectorBeforeRotateOnDate, after.SelectorAfterRotateOnDate],
      ["selector1", "selector2"],
    );
    assert.deepEqual([after.Selector1KeySize, after.Selector2KeySize], [1024, 2048]);
    assert.equal(after.Selector1PublicKey, before.Selector1PublicKey);
    assert.equal(bitsOf(after.Selector2PublicKey), 2048);
    assert.notEqual(config()?.selectors[1].keyId, keyId);
    const hours = (Date.parse(String(after.RotateOnDate)) - bench.clock.now().getTime()) / HOUR_MS;
    assert.equal(Math.round(hours), 96);
    assert.match((await rotate()).text, /are being rotated/);
    await wait(96 * HOUR_MS);
    assert.equal((await rotate()).status, 200);
    assert.equal((await read()).Selector1KeySize, 1024);
  });

  it("Remove takes the config and its keys out of the world", async () => {
    await makeEnabled();
    assert.equal((await remove()).status, 200);
    assert.deepEqual(
      bench.world.dkimConfigs.map((one) => one.domain),
      [initial],
    );
    assert.equal((await bench.invoke("Get-DkimSigningConfig", { Identity: domain })).status, 404);
  });

  it("Rotate asks unless Confirm is false", async () => {
    await makeEnabled();
    const before = structuredClone(bench.world.dkimConfigs);
    const { body } = await rotate({ Confirm: true });
    assert.match(body["@adminapi.confirmationmessage"] ?? "", /Rotate-DkimSigningConfig on '/);
    assert.deepEqual(bench.world.dkimConfigs, before);
    await rotate();
    assert.notDeepEqual(bench.world.dkimConfigs, before);
  });

  it("Remove acts with Force", async () => {
    await makeEnabled();
    await bench.invoke("Remove-DkimSigningConfig", { Identity: domain, Force: true });
    assert.equal(config(), undefined);
  });
});

describe("DKIM keys of a lab on disk", () => {
  let folder: string;
  beforeEach((t) => {
    folder = mkdtempSync(join(tmpdir(), "lab-dkim-"));
    if ("after" in t) t.after(() => rmSync(folder, { recursive: true }));
  });
  const seed = "dkim on disk";

  it("stay the same, are listed as secrets, and stand in no dump", async () => {
    const first = await openLab({ seed, folder });
    const { domain } = first.world.tenant;
    first.admin("New-DkimSigningConfig", { DomainName: domain, Enabled: false });
    await first.settle();
    const keys = structuredClone(first.world.dkimConfigs[1]?.selectors);
    assert.ok(keys?.every(({ publicKey }) => publicKey !== ""));
    const secrets = first.secrets();
    await first.close();
    const second = await openLab({ seed, folder });
    assert.deepEqual(second.world.dkimConfigs[1]?.selectors, keys);
    const dump = JSON.stringify(second.dump());
    assert.ok(second.secrets().every((secret) => !dump.includes(secret)));
    const left = secrets.filter((secret) => second.secrets().includes(secret));
    // Servers get new keys each time; client secret, Cloudflare's token, Entra's key, the CA and two DKIM keys stay.
    assert.ok(left.length >= 5, `${left.length}`);
    await second.close();
  });

  it("that were being made when it was closed are there when it is open again", async () => {
    const first = await openLab({ seed, folder });
    const { domain } = first.world.tenant;
    first.admin("New-DkimSigningConfig", { DomainName: domain, Enabled: false });
    await first.close();
    const second = await openLab({ seed, folder });
    await second.settle();
    const [, config] = second.world.dkimConfigs;
    assert.ok(config?.selectors.every(({ publicKey }) => publicKey !== ""));
    await second.close();
  });
});
