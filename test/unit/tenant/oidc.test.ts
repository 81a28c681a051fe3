import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { inspect } from "node:util";
import { importPKCS8, SignJWT } from "jose";
import { connect, signIn } from "../../../tenant/connection.ts";
import { thrownBy } from "./bench.ts";
import { type Env, type IdentityBench, openIdentityBench } from "./identity.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const SUBJECT = "repo:contoso/relay:environment:prod";
const AUDIENCE = "api://AzureADTokenExchange";

describe("a workflow's identity (OIDC)", () => {
  let bench: IdentityBench;
  let runner: Server;
  let url: string;
  let asked: IncomingMessage[];
  let answer: { status: number; body?: string };
  let token: string;
  before(async () => {
    bench = await openIdentityBench("workflow");
    runner = createServer(async (request, response) => {
      asked.push(request);
      const audience = new URL(request.url ?? "", "http://runner").searchParams.get("audience");
      const { status, body = JSON.stringify({ value: await tokenFor(audience ?? "") }) } = answer;
      response.writeHead(status).end(body);
    });
    await new Promise<void>((listening) => runner.listen(0, "127.0.0.1", listening));
    url = `http://127.0.0.1:${(runner.address() as AddressInfo).port}/token?job=7`;
    token = await tokenFor(AUDIENCE);
  });
  /** The runner's token for an audience. */
  async function tokenFor(audience: string): Promise<string> {
    const jwt = new SignJWT().setProtectedHeader({ alg: "RS256" }).setIssuer(ISSUER);
    jwt.setSubject(SUBJECT).setAudience(audience).setIssuedAt().setExpirationTime("5m");
    return jwt.sign(await importPKCS8(bench.certificate.key, "RS256"));
  }
  after(async () => {
    runner.closeAllConnections();
    runner.close();
    await bench.close();
  });
  beforeEach(() => {
    bench.reset();
    asked = [];
    answer = { status: 200 };
    bench.lab.world.deployer.federatedCredentials.push({
      issuer: ISSUER,
      subject: SUBJECT,
      audience: AUDIENCE,
      certificate: bench.certificate.chain,
    });
  });

  /** The error when there is no token; Entra gets no request then. */
  async function refused(env: Env): Promise<string> {
    const error = await bench.refused({ ARM_USE_OIDC: "true", ...env });
    assert.equal(bench.tokensAsked(), 0);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes("b3arer"), "the bearer");
    return error.message;
  }

  for (const ARM_USE_OIDC of ["true", "True", "TRUE", "1"]) {
    it(`ARM_USE_OIDC=${ARM_USE_OIDC}: the token as it is`, async () => {
      await bench.enter({ ARM_USE_OIDC, ARM_OIDC_TOKEN: token });
    });
  }

  for (const ARM_USE_OIDC of ["false", "0", "", "untrue"]) {
    it(`ARM_USE_OIDC="${ARM_USE_OIDC}" leaves the token alone`, async () => {
      const error = await bench.refused({ ARM_USE_OIDC, ARM_OIDC_TOKEN: token });
      assert.match(error.message, /^nothing to sign in with/);
    });
  }

  it("the token from a file that ends in a line break", async () => {
    const ARM_OIDC_TOKEN_FILE_PATH = bench.placed("token", `${token}\n`);
    await bench.enter({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH });
  });

  for (const [URL_NAME, TOKEN_NAME] of [
    ["ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN"],
    ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
  ] as const) {
    it(`the token that the runner gives by ${URL_NAME}`, async () => {
      await bench.enter({ ARM_USE_OIDC: "true", [URL_NAME]: url, [TOKEN_NAME]: "b3arer\n" });
      const [request] = asked;
      const audience = `audience=${encodeURIComponent(AUDIENCE)}`;
      assert.deepEqual(
        [request?.url, request?.headers.authorization],
        [`/token?job=7&${audience}`, "Bearer b3arer"],
      );
    });
  }

  /** The audiences that the runner was asked for, each once; MSAL may ask for several tokens. */
  const audiences = () => [
    ...new Set(
      asked.flatMap(({ url: path = "" }) =>
        new URL(path, "http://runner").searchParams.getAll("audience"),
      ),
    ),
  ];
  const OTHER = "api://AzureADTokenExchangeUSGov";
  const request = (at: string, env: Env = {}): Env => ({
    ...{ ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_TOKEN: "b3arer", ARM_OIDC_REQUEST_URL: at },
    ...env,
  });

  const choices: [string, string, Env, string][] = [
    ["the cloud's own where nothing says one", "", {}, AUDIENCE],
    ["the cloud's own where the URL says an empty one", "&audience=", {}, AUDIENCE],
    ["the cloud's own where the variable is empty", "", { ARM_OIDC_AUDIENCE: "" }, AUDIENCE],
    ["the URL's", `&audience=${OTHER}`, {}, OTHER],
    ["the variable's", "", { ARM_OIDC_AUDIENCE: OTHER }, OTHER],
    ["the variable's before the URL's", "&audience=api://x", { ARM_OIDC_AUDIENCE: OTHER }, OTHER],
  ];
  for (const [what, query, env, expected] of choices) {
    it(`the audience of the token is ${what}`, async () => {
      for (const one of bench.lab.world.deployer.federatedCredentials) one.audience = expected;
      await bench.enter(request(`${url}${query}`, env));
      assert.deepEqual(audiences(), [expected]);
    });
  }

  for (const [environment, expected] of [
    ["usgovernmentl4", "api://AzureADTokenExchangeUSGov"],
    ["usgovernmentl5", "api://AzureADTokenExchangeUSGov"],
    ["china", "api://AzureADTokenExchangeChina"],
  ] as const) {
    it(`in ${environment} it is ${expected}, and the public cloud's is refused`, async () => {
      const env = { ...bench.lab.env, ARM_CLIENT_SECRET: undefined };
      const enter = async (given: Env) => {
        const connection = await connect({ ...bench.tenant, environment }, { ...env, ...given });
        return signIn(connection, "https://outlook.office365.com");
      };
      for (const one of bench.lab.world.deployer.federatedCredentials) one.audience = expected;
      assert.ok((await enter(request(url))).token);
      assert.deepEqual(audiences(), [expected]);
      const error = await thrownBy(() => enter(request(url, { ARM_OIDC_AUDIENCE: AUDIENCE })));
      assert.match(
        error.message,
        /AADSTS700212: No matching federated identity record found for presented assertion audience 'api:\/\/AzureADTokenExchange'.*; give the app's federated credential this audience, or request a token for the audience that it has: set ARM_OIDC_AUDIENCE to that/,
      );
    });
  }

  it("it wins over a certificate and a secret", async () => {
    const ARM_CLIENT_CERTIFICATE_PATH = "/nowhere/deploy.pem";
    const wrong = { ARM_CLIENT_CERTIFICATE_PATH, ARM_CLIENT_SECRET: "wrong" };
    await bench.enter({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: token, ...wrong });
  });

  it("without a token: the variables and GitHub's permission are named", async () => {
    assert.match(
      await refused({}),
      /ARM_USE_OIDC is true, but there is no token: set ARM_OIDC_TOKEN or ARM_OIDC_TOKEN_FILE_PATH/,
    );
    assert.match(await refused({ ARM_OIDC_REQUEST_URL: url }), /`id-token: write`/);
    assert.match(await refused({ ARM_OIDC_REQUEST_TOKEN: "b3arer" }), /`id-token: write`/);
  });

  it("a token file that is missing or empty: the variable and the file are named", async () => {
    assert.match(
      await refused({ ARM_OIDC_TOKEN_FILE_PATH: "/nowhere/token" }),
      /ARM_OIDC_TOKEN_FILE_PATH: "\/nowhere\/token" can't be read; name an existing file/,
    );
    const path = bench.placed("token", " \n");
    const message = await refused({ ARM_OIDC_TOKEN_FILE_PATH: path });
    assert.ok(message.includes(`ARM_OIDC_TOKEN_FILE_PATH: "${path}" is empty; name a file`));
  });

  const bearer = { ARM_OIDC_REQUEST_TOKEN: "b3arer" };
  const CHECK = /; check ARM_OIDC_REQUEST_URL and ARM_OIDC_REQUEST_TOKEN/;
  const NONE = /the OIDC token request failed: the URL is not valid/;
  const unreachable: [string, () => Env, RegExp][] = [
    ["a URL that is none", () => ({ ...bearer, ARM_OIDC_REQUEST_URL: "runner" }), NONE],
    [
      "no answer",
      () => ({ ...bearer, ARM_OIDC_REQUEST_URL: "http://127.0.0.1:1/token" }),
      /the OIDC token request failed: no answer/,
    ],
    [
      "a bearer with control characters",
      () => ({ ARM_OIDC_REQUEST_URL: url, ARM_OIDC_REQUEST_TOKEN: "b3arer\nb3arer\0" }),
      /the OIDC token request failed: no answer/,
    ],
  ];
  for (const [name, env, words] of unreachable) {
    it(`${name}: the variables are named, and the bearer never`, async () => {
      const message = await refused(env());
      assert.match(message, words);
      assert.match(message, CHECK);
      assert.deepEqual(asked, []);
    });
  }

  const useless: [string, number, string, string][] = [
    ["an error", 403, "b3arer is wrong", "HTTP 403"],
    ["no JSON", 200, "<html>b3arer</html>", "the answer holds no token"],
    ["null", 200, "null", "the answer holds no token"],
    ["JSON without a token", 200, '{"value":7}', "the answer holds no token"],
    ["an empty token", 200, '{"value":" "}', "the answer holds no token"],
  ];
  for (const [name, status, body, words] of useless) {
    it(`a runner that answers ${name}: an error that names the variables`, async () => {
      answer = { status, body };
      const message = await refused({ ...bearer, ARM_OIDC_REQUEST_URL: url });
      assert.ok(message.includes(`the OIDC token request failed: ${words}`), message);
      assert.match(message, CHECK);
    });
  }

  it("a workflow that is not registered comes in Entra's words", async () => {
    const { federatedCredentials } = bench.lab.world.deployer;
    for (const credential of federatedCredentials) credential.subject = "repo:somebody/else";
    const error = await bench.refused({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: token });
    assert.match(error.message, new RegExp(`AADSTS700213: .*'${SUBJECT}'`));
    assert.ok(!inspect(error, { depth: 9 }).includes(token));
  });
});
