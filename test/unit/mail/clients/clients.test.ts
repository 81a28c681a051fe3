// Every client's configuration as text, for every way that a sender can send. What is tested for real is in lab/test/clients.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ClientFile } from "../../../../mail/clients/client.ts";
import {
  CLIENTS,
  clientProblem,
  configurationText,
  testedWord,
} from "../../../../mail/clients/clients.ts";
import { eximText, phpString, postfixValue, shellWord } from "../../../../mail/clients/quote.ts";
import {
  clientSettings,
  placesIn,
  type SenderOutput,
  WAYS,
  type Way,
} from "../../../../mail/clients/settings.ts";
import { projectRoot } from "../../../../scripts/setup/root.ts";

const STACK = "contoso/relay/prod $(id)";
/** All that an address may have, and a format might take for its own. */
const ODD = "o'brien.!#$x%&{y}+/=?^_`|~-@contoso.com";
const RELAY = {
  method: "connector" as const,
  ...{ from: [ODD], host: "contoso-com.mail.protection.outlook.com", port: 25 },
};
const SUBMISSION = {
  method: "smtpAuth" as const,
  ...{ from: [ODD], host: "smtp.office365.com", port: 587, mailbox: ODD },
};
const TENANT = "11111111-2222-3333-4444-555555555555";
const OAUTH = {
  ...SUBMISSION,
  tokenEndpoint: `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
  scope: "https://outlook.office365.com/.default",
  clientId: "66666666-2222-3333-4444-555555555555",
};
const IDENTITY = { issuer: "https://issuer.example", subject: "shop", audience: "api://it" };

const OUTPUTS: Readonly<Record<Way, SenderOutput>> = {
  address: { ...RELAY, egress: ["198.51.100.7"] },
  certificate: { ...RELAY, certificateName: "relay.contoso.com", exchangeServer: true },
  password: { ...SUBMISSION, credential: { by: "password", output: "secrets.shop" } },
  secret: { ...OAUTH, credential: { by: "secret", output: "secrets.shop" } },
  federatedIdentity: { ...OAUTH, credential: { by: "federatedIdentity", ...IDENTITY } },
  signInCertificate: { ...OAUTH, credential: { by: "certificate" } },
};

const settingsOf = (way: Way) => clientSettings("shop", OUTPUTS[way], STACK);
const ALL_WAYS = Object.keys(WAYS) as Way[];
const pairs = CLIENTS.flatMap((client) => client.ways.map((way) => ({ client, way })));

describe("a client's configuration", () => {
  for (const { client, way } of pairs) {
    it(`${client.name}, ${way}: is whole`, () => {
      const settings = settingsOf(way);
      const files = client.files(settings);
      const text = files.map((file) => file.text).join("");
      assert.ok(text.includes(settings.host), text);
      assert.ok(text.includes(String(settings.port)), text);
      assert.doesNotMatch(text, /undefined|NaN|\[object|TODO|\*\*\*|=>\s*$/);
      assert.match(text, /\n$/);
      for (const reference of referencesOf(way)) {
        const shown = configurationText(client, settings, files);
        assert.ok(shown.includes(reference), `${reference} is not in\n${shown}`);
      }
      for (const file of files) assertParses(file);
    });
  }

  it("names each federated identity whose token it can use", () => {
    const others = [{ ...IDENTITY, subject: "shop/staging" }];
    const credential = { by: "federatedIdentity", ...IDENTITY, others } as const;
    assert.deepEqual(clientSettings("shop", { ...OAUTH, credential }, STACK).needs, [
      "/etc/m365-relay/shop.assertion: a token of https://issuer.example for shop, audience api://it; or a token of https://issuer.example for shop/staging, audience api://it, written anew before it expires",
    ]);
  });

  it("holds every client to IPv4 that relays through a connector", () => {
    const ipv4 =
      /inet_protocols = ipv4|disable_ipv6 = true|source_ip 0\.0\.0\.0|^ipv4$|resolve4|source_address=\("0\.0\.0\.0"|AddressFamily\.InterNetwork|preferIPv4Stack", "true"|"tcp4"|'bindto' => '0\.0\.0\.0:0'|IPv4 only/m;
    const relaying = pairs.filter(({ way }) => way === "address" || way === "certificate");
    for (const { client, way } of relaying) {
      const [file] = client.files(settingsOf(way));
      assert.match(file?.text ?? "", ipv4, client.name);
    }
  });

  it("reads a secret from its file, which a command fills that takes the stack's name as it is", () => {
    const { needs, places } = settingsOf("secret");
    const [line = ""] = needs;
    assert.equal(
      line,
      `${places.secret}: (umask 077; npm run --silent pulumi -- stack output secrets.shop --show-secrets --stack 'contoso/relay/prod $(id)' | tr -d '\\n' > /etc/m365-relay/shop.secret)`,
    );
  });

  it("has no line break of a value in what stands in comments", () => {
    const places = placesIn("/tmp/a\nb", "erp");
    const output = { ...RELAY, from: ["a@b.example"], certificateName: "c" };
    const { needs } = clientSettings("erp", output, "prod", places);
    assert.equal(needs.join("").includes("\n"), false);
    assert.match(needs[0] ?? "", /^\/tmp\/a\\u\{a\}b\/erp\.chain\.pem: /);
  });

  it("says of an adopted app that its owner has the secret", () => {
    const output: SenderOutput = { ...OAUTH, credential: { by: "adoptedApp" } };
    const settings = clientSettings("shop", output, STACK);
    assert.equal(settings.way, "secret");
    assert.match(settings.needs[0] ?? "", new RegExp(`app ${OAUTH.clientId}, which its owner has`));
  });

  it("takes an address of the domain where the sender has a wildcard alone", () => {
    const output = { ...OUTPUTS.address, from: ["*@contoso.com"] };
    assert.equal(clientSettings("erp", output, STACK).from, "erp@contoso.com");
  });

  for (const { client, way } of pairs.filter((pair) => pair.way !== "address")) {
    it(`${client.name}, ${way}: of a sender that sends through another one, has its address, and that one's user and files`, () => {
      const front = { ...OUTPUTS[way], from: [ODD], ...(OUTPUTS[way].mailbox && { mailbox: ODD }) };
      const member = { ...front, from: ["till@contoso.com"], via: "shop" };
      const settings = clientSettings("till", member, "prod");
      const isRelaying = way === "certificate";
      assert.deepEqual(
        [settings.from, settings.user],
        ["till@contoso.com", isRelaying ? "till@contoso.com" : ODD],
      );
      assert.deepEqual(settings.places, settingsOf(way).places);
      assert.match(settings.needs[0] ?? "", /^it sends through "shop": .* --configure shop\)/);
      if (isRelaying) return;
      // What the sign-in needs is the same as of the front, but for the From of the message.
      const text = (one: typeof settings) =>
        client
          .files({ ...one, sender: "x", from: "FROM", addresses: [ODD] })
          .map((file) => file.text);
      assert.deepEqual(text(settings), text(settingsOf(way)));
    });
  }

  it("of direct send is one by address, which says whom it reaches", () => {
    const output = { ...OUTPUTS.address, method: "directSend" as const };
    const settings = clientSettings("scan", output, "prod");
    assert.equal(settings.way, "address");
    assert.deepEqual(settings.needs, [
      "direct send: it reaches mailboxes of this tenant alone, and signs in nowhere",
      "connect from 198.51.100.7, over IPv4 only",
    ]);
  });

  it("is refused for a sender that is set up elsewhere, with its method", () => {
    const output: SenderOutput = {
      ...{ method: "highVolumeEmail", from: ["news@contoso.com"] },
      because: "all its recipients are inside",
    };
    assert.throws(() => clientSettings("news", output, "prod"), {
      message:
        'sender "news" is to send with High Volume Email, which this stack does not set up (all its recipients are inside); set it up there, or give it another method',
    });
  });

  it("is refused with the reason and another client wherever it does not fit", () => {
    const refused = CLIENTS.flatMap((client) =>
      ALL_WAYS.filter((way) => !client.ways.includes(way)).map((way) => ({ client, way })),
    );
    assert.notEqual(refused.length, 0);
    for (const { client, way } of refused) {
      const problem = clientProblem(client, settingsOf(way)) ?? "";
      assert.match(
        problem,
        /^\S+ can't send for "shop", which sends .+: .*\b(use|put|let|take|configure) /,
      );
    }
    for (const { client, way } of pairs) {
      assert.equal(clientProblem(client, settingsOf(way)), undefined);
    }
  });

  it("is there for every way from more than one client", () => {
    for (const way of ALL_WAYS) {
      assert.ok(pairs.filter((pair) => pair.way === way).length > 1, way);
    }
  });

  it("is called tested for the ways that tests send by alone", () => {
    for (const client of CLIENTS) {
      for (const way of ALL_WAYS) {
        const word = client.tested.includes(way) ? "tested" : "not run by us";
        assert.equal(testedWord(client, way), word);
      }
      assert.deepEqual(
        client.tested.filter((way) => !client.ways.includes(way)),
        [],
      );
    }
  });
});

it("docs/how-to/configure-a-sender.md says what fits, and what is tested", async () => {
  const page = await readFile(join(projectRoot, "docs/how-to/configure-a-sender.md"), "utf8");
  const rows = CLIENTS.map(({ name, ways, tested }) => {
    const cells = ALL_WAYS.map((way) =>
      tested.includes(way) ? " tested " : ways.includes(way) ? " yes " : " ",
    );
    return `| \`${name}\` |${cells.join("|")}|`;
  });
  const listed = page.split("\n").filter((line) => line.startsWith("| `"));
  assert.deepEqual(listed, rows);
});

/** Which files, of those on the sender's machine, a way needs. */
function referencesOf(way: Way): string[] {
  const { places } = settingsOf(way);
  if (way === "address") return [];
  if (way === "password" || way === "secret") return [places.secret];
  return way === "federatedIdentity" ? [places.assertion] : [places.key, places.chain];
}

/** Checks a file's syntax where this machine has the program that reads it. */
function assertParses({ path, text }: ClientFile): void {
  if (/^#!\/bin\/sh/.test(text)) execFileSync("/bin/sh", ["-n"], { input: text });
  if (path.endsWith(".mjs")) {
    const args = ["--input-type=module", "--check"];
    execFileSync(process.execPath, args, { input: text });
  }
  if (path === "main.go") {
    const { error, status, stdout, stderr } = spawnSync("gofmt", ["-l"], { input: text });
    if (error === undefined) assert.deepEqual([status, `${stdout}${stderr}`], [0, ""], text);
  }
}

describe("quoting", () => {
  it("gives a shell back what it was", () => {
    for (const text of [ODD, "a b", "", "$(id)", "it's", 'a"b', "a\\b", "a\nb"]) {
      const script = `printf %s ${shellWord(text)}`;
      assert.equal(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }), text);
    }
  });

  it("keeps Postfix, Exim and PHP from expanding anything", () => {
    assert.equal(postfixValue("/a$b"), "/a$$b");
    assert.equal(eximText("a$b:c^d\\"), "a\\$b::c^^d\\\\");
    assert.equal(phpString("o'b\\$x"), "'o\\'b\\\\$x'");
  });
});
