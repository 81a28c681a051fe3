// The JSON Schema for editors takes what Pulumi takes, and marks what the program refuses by the form alone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { stackFileSchema } from "../../config/jsonSchema.ts";
import { projectRoot } from "../../scripts/setup/root.ts";

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(stackFileSchema());

/** What the schema says of a stack file's text; empty where it takes it. */
function errorsOf(text: string): string {
  const isValid = validate(parse(text));
  return isValid ? "" : JSON.stringify(validate.errors);
}

const SENDER = `
    - name: erp
      from: ["*@contoso.com"]
      authentication: [staticIp]
      egress: [198.51.100.7]
`;
const file = (lines: string, senders = SENDER) =>
  `config:\n  azuread:tenantId: aaaabbbb-0000-cccc-1111-dddd2222eeee\n${lines}  m365-smtp-relay:senders:${senders}`;

describe("the stack file's schema", () => {
  for (const stack of ["lab", "test", "prod"]) {
    it(`takes Pulumi.${stack}.yaml, which names it`, async () => {
      const text = await readFile(join(projectRoot, `Pulumi.${stack}.yaml`), "utf8");
      assert.match(
        text,
        /^# yaml-language-server: \$schema=docs\/reference\/config\.schema\.json\n/,
      );
      assert.equal(errorsOf(text), "");
    });
  }

  const taken: Readonly<Record<string, string>> = {
    "short keys": "config:\n  waitMinutes: 5\n  domains:\n    - name: contoso.com\n",
    "keys with config: in them": file("  m365-smtp-relay:config:disposable: true\n"),
    "numbers and booleans as pulumi config set writes them": file(
      '  m365-smtp-relay:waitMinutes: "20"\n  m365-smtp-relay:disposable: "true"\n',
    ),
    "texts as --path writes them": file(
      "  domains:\n    - name: contoso.com\n      mtaSts: { id: 20261123 }\n",
    ),
    "numbers below a list as --secret writes them": file(
      "",
      `${SENDER}      credentialGeneration: "2"\n`,
    ),
    "a list of generations": file("", `${SENDER}      credentialGeneration: [2]\n`),
    "one federated identity, and a list of them": file(
      "",
      `${SENDER}      federatedIdentity: &ci { issuer: "https://gitlab.com", subject: x }\n${SENDER.slice(1)}      federatedIdentity: [*ci, { name: 1, issuer: "https://gitlab.com", subject: y }]\n`,
    ),
    "a list as JSON in a text": 'config:\n  domains: \'[{"name": "contoso.com"}]\'\n',
    "a secret value": "config:\n  azuread:tenantId:\n    secure: v1:x\n",
    "a secret list": "config:\n  domains:\n    secure: v1:x\n",
    "a secret below a list": file("", SENDER.replace("[198.51.100.7]", "[{ secure: v1:x }]")),
    "merge keys": `x-device: &device { authentication: [staticIp] }\n${file(
      "",
      "\n    - <<: *device\n      name: erp\n",
    )}`,
    "keys of other plugins": file("  aws:region: eu-west-1\n  azuread:partnerId: x\n"),
    "keys that stand in Pulumi.yaml instead": "config:\n  disposable: true\n",
    "an environment alone": "environment: [contoso/mail]\n",
    "what Pulumi adds":
      "secretsprovider: awskms://x\nencryptedkey: x\nencryptionsalt: x\nconfig:\n",
  };
  for (const [title, text] of Object.entries(taken)) {
    it(`takes ${title}`, () => assert.equal(errorsOf(text), ""));
  }

  const refused: Readonly<Record<string, string>> = {
    "a misspelt key": file("  m365-smtp-relay:domain: []\n"),
    "a misspelt short key": file("  domain: []\n"),
    "a misspelt key of azuread": file("  azuread:tenantID: x\n"),
    "a credential of a plugin": file("  cloudflare:apiUserServiceKey: x\n"),
    "a misspelt key of a sender": file("", `${SENDER}      egres: []\n`),
    "a sender without a name": file("", SENDER.replace("name: erp", "license: E3")),
    "a value that is not allowed": file("  azuread:environment: german\n"),
    "yes for true": file("  m365-smtp-relay:disposable: yes\n"),
    "a number in words": file("  m365-smtp-relay:waitMinutes: ten\n"),
    "too large a number": file("  m365-smtp-relay:waitMinutes: 61\n"),
    "one value for a list": file("", SENDER.replace("[198.51.100.7]", "198.51.100.7")),
    "true for an object": file("  domains:\n    - name: contoso.com\n      mtaSts: true\n"),
  };
  for (const [title, text] of Object.entries(refused)) {
    it(`marks ${title}`, () => assert.notEqual(errorsOf(text), ""));
  }
});
