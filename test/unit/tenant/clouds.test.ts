import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Environment } from "../../../mail/clouds.ts";
import { findCloud } from "../../../tenant/clouds.ts";
import { openTenantBench, type TenantBench, thrownBy } from "./bench.ts";

/** As Microsoft's page of federated credentials has them. */
const AUDIENCES: Readonly<Record<Environment, string>> = {
  global: "api://AzureADTokenExchange",
  usgovernmentl4: "api://AzureADTokenExchangeUSGov",
  usgovernmentl5: "api://AzureADTokenExchangeUSGov",
  china: "api://AzureADTokenExchangeChina",
};

describe("the hosts of a cloud", () => {
  const clouds: [Environment, string, string, string, string][] = [
    [
      ...(["global", "login.microsoftonline.com"] as const),
      ...(["graph.microsoft.com", "outlook.office365.com", "smtp.office365.com"] as const),
    ],
    [
      ...(["usgovernmentl4", "login.microsoftonline.us"] as const),
      ...(["graph.microsoft.us", "outlook.office365.us", "smtp.office365.us"] as const),
    ],
    [
      ...(["usgovernmentl5", "login.microsoftonline.us", "dod-graph.microsoft.us"] as const),
      ...(["outlook-dod.office365.us", "outlook-dod.office365.us"] as const),
    ],
    [
      ...(["china", "login.partner.microsoftonline.cn"] as const),
      ...(["microsoftgraph.chinacloudapi.cn", "partner.outlook.cn"] as const),
      "smtp.partner.outlook.cn",
    ],
  ];
  for (const [environment, login, graph, exchange, submissionHost] of clouds) {
    it(`${environment} is Microsoft's own`, async () => {
      const expected = {
        login: `https://${login}`,
        federationAudience: AUDIENCES[environment],
        graph: `https://${graph}`,
        exchangeAdmin: `https://${exchange}`,
        exchangeHosts: [exchange, ...(environment === "china" ? ["outlook.office365.cn"] : [])],
        exchangeResource: `https://${exchange}`,
        submissionHost,
        ownAuthority: false,
      };
      assert.deepEqual(await findCloud(environment, {}), expected);
      assert.deepEqual(await findCloud(environment, { ARM_METADATA_HOSTNAME: "" }), expected);
    });
  }
});

describe("a cloud described by ARM_METADATA_HOSTNAME", () => {
  let bench: TenantBench;
  let server: Server;
  let answer = { status: 200, body: "" };
  let asked: (string | undefined)[];
  let ARM_METADATA_HOSTNAME: string;
  before(async () => {
    bench = await openTenantBench("clouds");
    const { key, chain } = await bench.lab.issueCertificate({
      names: ["localhost"],
      issuer: "public",
    });
    server = createServer({ key, cert: chain }, (request, response) => {
      asked.push(request.url);
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    ARM_METADATA_HOSTNAME = `localhost:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await bench.lab.close();
  });
  beforeEach(() => {
    asked = [];
  });

  const GRAPH = "https://graph.own.example/";
  const describe = (loginEndpoint: unknown, microsoftGraphResourceId: unknown = GRAPH) => {
    const body = { authentication: { loginEndpoint }, microsoftGraphResourceId };
    answer = { status: 200, body: JSON.stringify(body) };
  };
  /** The error about metadata that can't be used, which always says how to fix it. */
  async function unusable(env = { ARM_METADATA_HOSTNAME }): Promise<string> {
    const { message } = await thrownBy(() => findCloud("global", env));
    assert.match(message, /^ARM_METADATA_HOSTNAME: no cloud metadata at https:\/\/localhost:/);
    assert.match(message, /\); unset it for Microsoft's own clouds, or name a host that answers/);
    return message;
  }

  for (const EXCHANGE_ADMIN_API of [undefined, "https://evil.example"]) {
    const beside = EXCHANGE_ADMIN_API ? ", whatever EXCHANGE_ADMIN_API says" : "";
    it(`the admin API is at the origin that signs in${beside}`, async () => {
      describe("https://login.own.example/");
      const env = { ARM_METADATA_HOSTNAME, EXCHANGE_ADMIN_API };
      assert.deepEqual(await findCloud("global", env), {
        login: "https://login.own.example",
        graph: "https://graph.own.example",
        federationAudience: AUDIENCES.global,
        exchangeAdmin: "https://login.own.example",
        exchangeHosts: ["login.own.example"],
        exchangeResource: "https://outlook.office365.com",
        submissionHost: "smtp.office365.com",
        ownAuthority: true,
      });
      assert.deepEqual(asked, ["/metadata/endpoints?api-version=2022-09-01"]);
    });
  }

  it("an origin without TLS is refused, for sign-in and for Graph", async () => {
    describe("http://login.own.example/");
    assert.match(await unusable(), /\("http:\/\/login\.own\.example\/" is not https\)/);
    describe("https://login.own.example", "http://graph.own.example");
    assert.match(await unusable(), /\("http:\/\/graph\.own\.example" is not https\)/);
    describe("http://login.microsoftonline.com/");
    await unusable();
  });

  for (const login of [
    "https://login.microsoftonline.com/",
    "https://LOGIN.microsoftonline.com:443",
    "https://login.microsoftonline.us",
    "https://login.partner.microsoftonline.cn/",
  ]) {
    it(`where sign-in is ${login}, Microsoft's hosts stay`, async () => {
      describe(login);
      const env = { ARM_METADATA_HOSTNAME };
      assert.deepEqual(await findCloud("global", env), await findCloud("global", {}));
    });
  }

  for (const body of ["<html>Sign in</html>", "", "{", "null", "7", "[]", "{}"]) {
    it(`metadata that is ${JSON.stringify(body)} names the variable`, async () => {
      answer = { status: 200, body };
      await unusable();
    });
  }

  it("metadata that lacks a field, or has another in it, names the variable", async () => {
    for (const login of [undefined, null, "", 7, {}, "login.own.example"]) {
      describe(login);
      await unusable();
    }
    for (const graph of [null, "", 7, "graph.own.example"]) {
      describe("https://login.own.example", graph);
      await unusable();
    }
  });

  it("an answer that is an error names the variable and the status", async () => {
    answer = { status: 503, body: "" };
    assert.match(await unusable(), /api-version=2022-09-01 \(HTTP 503\);/);
  });

  it("no answer names the variable and the address", async () => {
    assert.match(
      await unusable({ ARM_METADATA_HOSTNAME: "localhost:1" }),
      /https:\/\/localhost:1\/metadata/,
    );
  });

  it("the lab describes itself so", async () => {
    const { cloud } = await bench.connect();
    const origin = `https://localhost:${bench.lab.ports.https}`;
    assert.deepEqual(
      [cloud.login, cloud.graph, cloud.exchangeAdmin, cloud.ownAuthority],
      [origin, origin, origin, true],
    );
  });
});
