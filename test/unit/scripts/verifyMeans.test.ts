// The files that a sender signs in with on this machine: one that is not what it should be is told before anything is sent.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { signInCertificate } from "../../../lab/stack/senders.ts";
import { clientSettings, placesIn } from "../../../mail/clients/settings.ts";
import { Elsewhere, meansOf } from "../../../scripts/verify/means.ts";

describe("the files of a sender", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "m365-test-means-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const own = signInCertificate("1");
  const other = signInCertificate("2");
  async function means(key: string, chain: string) {
    const output = {
      method: "connector" as const,
      ...{ from: ["a@contoso.com"], host: "h.example", port: 25, certificateName: "a.b" },
    };
    const settings = clientSettings("erp", output, "prod", placesIn(folder, "erp"));
    await writeFile(settings.places.key, key);
    await writeFile(settings.places.chain, chain);
    return meansOf(settings, undefined);
  }

  it("are a key and its certificate", async () => {
    assert.equal((await means(own.key, own.certificate)).by, "certificate");
  });

  for (const [by, name] of [
    ["adoptedApp", "secret"],
    ["federatedIdentity", "assertion"],
  ] as const) {
    it(`are refused where the ${name} is empty`, async () => {
      const output = {
        method: "smtpAuth" as const,
        ...{ from: ["a@contoso.com"], host: "h.example", port: 587, credential: { by } },
      };
      const settings = clientSettings("shop", output, "prod", placesIn(folder, "shop"));
      await writeFile(settings.places[name], " \n");
      await assert.rejects(meansOf(settings, undefined), {
        name: "Elsewhere",
        message: `${settings.places[name]} is empty`,
      });
    });
  }

  for (const [what, key, chain, words] of [
    ["no key", "secret text", own.certificate, /erp\.key has no private key in PEM/],
    ["no certificate", own.key, "text", /erp\.chain\.pem has no certificate in PEM/],
    ["another's key", other.key, own.certificate, /erp\.key is not the key of .*erp\.chain\.pem$/],
  ] as const) {
    it(`are refused with ${what}, and nothing of them is shown`, async () => {
      await assert.rejects(means(key, chain), (error) => {
        assert.ok(error instanceof Elsewhere);
        assert.match(error.message, words);
        return !error.message.includes("secret text");
      });
    });
  }
});
