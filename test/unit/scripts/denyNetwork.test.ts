// The preload of every test process: nothing leaves this machine, this machine itself is free.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { lookup, Resolver } from "node:dns/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import net from "node:net";
import { after, before, describe, it } from "node:test";

// RFC 5737: addresses that belong to nobody.
const FOREIGN = "192.0.2.1";

describe("a test's network", () => {
  const server = createServer((_, response) => response.end("here"));
  let port: number;
  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as net.AddressInfo).port;
  });
  after(() => server.close());

  it("reaches this machine, by address and by name", async () => {
    for (const host of ["127.0.0.1", "localhost"]) {
      const response = await fetch(`http://${host}:${port}/`);
      assert.equal(await response.text(), "here");
    }
  });

  it("refuses another address and names the caller", () => {
    const refused = /no network: connect to 192\.0\.2\.1:25, called at .*denyNetwork\.test\.ts/;
    assert.throws(() => net.connect(25, FOREIGN), refused);
    assert.throws(() => net.connect({ host: FOREIGN, port: 25 }), refused);
  });

  it("refuses a name, for fetch as for a lookup", async () => {
    await assert.rejects(fetch("https://contoso.example/"), (error: Error) => {
      assert.match(String(error.cause), /no network: connect to contoso\.example:443/);
      return true;
    });
    await assert.rejects(async () => lookup("contoso.example"), /no network: lookup of contoso/);
  });

  it("follows a caller's own lookup to this machine only", async () => {
    const options = (address: string) => ({
      host: "contoso.example",
      port,
      autoSelectFamily: false,
      lookup: ((_host, _options, callback) => callback(null, address, 4)) as net.LookupFunction,
    });
    const near = net.connect(options("127.0.0.1"));
    await once(near, "connect");
    near.destroy();
    const [error] = await once(net.connect(options(FOREIGN)), "error").catch((e) => [e]);
    assert.match(String(error), /no network: connect to contoso\.example \(192\.0\.2\.1\)/);
  });

  it("refuses datagrams and queries to another machine", async () => {
    const socket = dgram.createSocket("udp4");
    assert.throws(() => socket.send("x", 53, FOREIGN), /no network: udp to 192\.0\.2\.1/);
    socket.close();
    const resolver = new Resolver({ timeout: 50, tries: 1 });
    resolver.setServers([FOREIGN]);
    await assert.rejects(async () => resolver.resolveMx("contoso.example"), /no network: query/);
    resolver.setServers(["127.0.0.1:1"]);
    await assert.rejects(resolver.resolveMx("contoso.example"), { code: "ECONNREFUSED" });
  });
});
