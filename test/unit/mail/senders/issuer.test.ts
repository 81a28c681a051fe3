import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claimProblem, issuerProblem } from "../../../../mail/senders/issuer.ts";

const AKS =
  "https://eastus.oic.prod-aks.azure.com/aaaabbbb-0000-cccc-1111-dddd2222eeee/11111111-0000-cccc-1111-dddd2222eeee";

describe("issuerProblem", () => {
  for (const fine of [
    "https://token.actions.githubusercontent.com",
    "https://token.actions.githubusercontent.com/contoso",
    "https://gitlab.com",
    "https://gitlab.contoso.com",
    "https://accounts.google.com",
    "https://idp.example/a/",
    "https://idp.example:8443",
    `${AKS}/`,
    "https://contoso.eu.auth0.com/",
    "https://api.bitbucket.org/2.0/workspaces/contoso/pipelines-config/identity/oidc",
    "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
    "https://local.idp.example",
    "https://idp.example/.well-known/jwks.json/a",
    `https://idp.example/${"a".repeat(580)}`,
  ]) {
    it(`takes ${fine}`, () => assert.equal(issuerProblem("k", fine), undefined));
  }

  const long = `https://idp.example/${"a".repeat(581)}`;
  for (const bad of [
    "http://idp.example",
    " https://idp.example",
    "idp.example",
    "https://idp.example?x",
    "https://idp.example?",
    "https://idp.example#",
    "https://user@idp.example",
    "https://:secret@idp.example",
    "https:/idp.example",
    "https:///idp.example",
    "https://idp.example\\a",
    "https://idp.example/a b",
    "https://idp.example/\u00e4",
    "https://idp.example/<tenant>",
    "https://idp.example/{id}",
    "",
    long,
  ]) {
    it(`refuses ${bad.slice(0, 30)}`, () =>
      assert.deepEqual(issuerProblem("k", bad), {
        ...{ key: "k", value: bad, rule: "is not the URL of a token issuer" },
        fix: 'use the value of iss in the sender\'s tokens, an https URL, e.g. "https://token.actions.githubusercontent.com"',
      }));
  }

  for (const hidden of [
    "https://localhost",
    "https://idp",
    "https://https://idp.example",
    "https://127.0.0.1/a",
    "https://10.0.0.1",
    "https://[::1]/",
    "https://idp.contoso.local",
    "https://idp.contoso.internal/a",
    "https://*.idp.example",
    "https://idp.example./",
  ]) {
    it(`refuses ${hidden}, whose keys Entra can't read`, () =>
      assert.match(issuerProblem("k", hidden)?.rule ?? "", /^is at a host that Entra can't reach/));
  }

  for (const other of ["https://idp.example/../a", "https://idp.example/./a"]) {
    it(`refuses ${other}, which no token has`, () =>
      assert.match(issuerProblem("k", other)?.rule ?? "", /^is not written as in tokens/));
  }

  const repaired: Readonly<Record<string, string>> = {
    "HTTPS://Token.actions.githubusercontent.com": "https://token.actions.githubusercontent.com",
    "https://idp.example/a/.well-known/openid-configuration/": "https://idp.example/a",
    "https://token.actions.githubusercontent.com/": "https://token.actions.githubusercontent.com",
    "https://token.actions.githubusercontent.com//": "https://token.actions.githubusercontent.com",
    "https://gitlab.com/": "https://gitlab.com",
    "https://accounts.google.com/": "https://accounts.google.com",
    "https://contoso.eu.auth0.com": "https://contoso.eu.auth0.com/",
    [AKS]: `${AKS}/`,
    "https://Token.actions.githubusercontent.com": "https://token.actions.githubusercontent.com",
    "https://idp.example/a/.well-known/jwks.json": "https://idp.example/a",
    "https://idp.example:443/a": "https://idp.example/a",
    "https://github.com/contoso": "https://token.actions.githubusercontent.com",
    "https://idp.example/.well-known/openid-configuration": "https://idp.example",
    "https://idp.example/.well-known/jwks": "https://idp.example",
  };
  for (const [bad, good] of Object.entries(repaired)) {
    it(`says what to use instead of ${bad}, and takes that`, () => {
      const fix = issuerProblem("k", bad)?.fix ?? "";
      assert.ok(fix.includes(`use "${good}"`), fix);
      assert.equal(issuerProblem("k", good), undefined);
    });
  }
});

describe("issuerProblem, of well-known providers", () => {
  const WITHOUT_SLASH: readonly (readonly [provider: string, host: string])[] = [
    ["GitHub", "token.actions.githubusercontent.com"],
    ["GitLab", "gitlab.com"],
    ["Google", "accounts.google.com"],
    ["Bitbucket", "api.bitbucket.org"],
    ["CircleCI", "oidc.circleci.com"],
    ["HCP Terraform", "app.terraform.io"],
    ["EKS", "oidc.eks.us-gov-east-1.amazonaws.com"],
  ];
  const WITH_SLASH: readonly (readonly [provider: string, host: string])[] = [
    ["AKS", "eastus.oic.prod-aks.azure.com"],
    ["AKS", "chinanorth3.oic.prod-aks.azure.cn"],
    ["Auth0", "contoso.auth0.com"],
  ];
  for (const [provider, host] of WITHOUT_SLASH) {
    it(`knows that ${provider} writes no slash at the end, and nothing of hosts that look like its own`, () => {
      assert.equal(issuerProblem("k", `https://${host}`), undefined);
      assert.deepEqual(issuerProblem("k", `https://${host}/`), {
        ...{ key: "k", value: `https://${host}/` },
        rule: `ends with a slash, and the issuer of ${provider}'s tokens does not`,
        fix: `use "https://${host}"`,
      });
      for (const like of [`my${host}`, `${host}.example`]) {
        assert.equal(issuerProblem("k", `https://${like}/`), undefined);
      }
    });
  }
  for (const [provider, host] of WITH_SLASH) {
    it(`knows that ${provider} writes one slash at the end of ${host}, and nothing of hosts that look like it`, () => {
      assert.equal(issuerProblem("k", `https://${host}/`), undefined);
      assert.deepEqual(issuerProblem("k", `https://${host}`), {
        ...{ key: "k", value: `https://${host}` },
        rule: `does not end with one slash, as the issuer of ${provider}'s tokens does`,
        fix: `use "https://${host}/"`,
      });
      assert.equal(issuerProblem("k", `https://${host}.example`), undefined);
    });
  }
  for (const [provider, host, issuer] of [
    ["GitHub", "github.com", "https://token.actions.githubusercontent.com"],
    ["GitHub", "www.github.com", "https://token.actions.githubusercontent.com"],
    [
      "Bitbucket",
      "bitbucket.org",
      "https://api.bitbucket.org/2.0/workspaces/WORKSPACE/pipelines-config/identity/oidc",
    ],
  ] as const) {
    it(`says that ${host} issues no tokens, and who does`, () => {
      assert.deepEqual(issuerProblem("k", `https://${host}`), {
        ...{ key: "k", value: `https://${host}` },
        rule: `is ${provider}'s site, which issues no tokens`,
        fix: `use "${issuer}"`,
      });
      for (const like of [`my${host}`, `${host}.example`]) {
        assert.equal(issuerProblem("k", `https://${like}`), undefined);
      }
    });
  }
});

describe("claimProblem", () => {
  it("takes every claim that has no space around it", () => {
    assert.equal(claimProblem("k", "repo:contoso/a b:ref"), undefined);
    for (const bad of ["", " a", "a ", "a".repeat(601)]) assert.ok(claimProblem("k", bad), bad);
  });
  it("refuses a wildcard, which Entra would compare as a letter", () =>
    assert.match(claimProblem("k", "repo:contoso/*:ref:x")?.rule ?? "", /has a \*/));
});
