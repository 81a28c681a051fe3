// Loaded before every test file (`--import`): whoever connects, sends or looks up a name outside
// this machine gets an error that names the caller. Unix sockets and the loopback are free.
import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

const loopback = new net.BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLocal(host: string): boolean {
  const family = net.isIP(host);
  if (family === 0) return host === "localhost";
  return loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}

function deny(what: string): Error {
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  const caller =
    frames.find((line) => !line.includes(import.meta.url) && !/node:|node_modules/.test(line)) ??
    frames.at(-1);
  return new Error(`tests have no network: ${what}, called ${caller?.trim() ?? "from nowhere"}`);
}

function replace(owner: object, name: string, wrap: (original: AnyFunction) => AnyFunction): void {
  const methods = owner as Record<string, AnyFunction>;
  const original = methods[name];
  if (original !== undefined) methods[name] = wrap(original);
}

// A name may be connected to when the caller's own `lookup` leads it to this machine.
function checkedLookup(lookup: AnyFunction): AnyFunction {
  return (host, options, callback) =>
    lookup(host, options, (error: unknown, found: unknown, family: unknown) => {
      const list = Array.isArray(found) ? found : [{ address: found }];
      const foreign = error ? undefined : list.find(({ address }) => !isLocal(String(address)));
      const denied = foreign && deny(`connect to ${host} (${foreign.address})`);
      (callback as AnyFunction)(denied ?? error, found, family);
    });
}

replace(net.Socket.prototype, "connect", (connect) => {
  return function (...args) {
    // net.connect() hands over an array of what it understood.
    const given: unknown[] = Array.isArray(args[0]) ? args[0] : args;
    const options = given[0];
    if (typeof options !== "object" || options === null) {
      const host = typeof given[1] === "string" ? given[1] : "localhost";
      if (typeof options !== "string" && !isLocal(host)) throw deny(`connect to ${host}`);
      return connect.apply(this, args);
    }
    const target = options as { path?: string; host?: string; port?: number; lookup?: AnyFunction };
    const host = target.host ?? "localhost";
    if (target.path || isLocal(host)) return connect.apply(this, args);
    if (target.lookup && net.isIP(host) === 0) target.lookup = checkedLookup(target.lookup);
    else throw deny(`connect to ${host}:${target.port}`);
    return connect.apply(this, args);
  };
});

replace(dgram.Socket.prototype, "connect", (connect) => {
  return function (port, address, ...rest) {
    const host = typeof address === "string" ? address : "localhost";
    if (!isLocal(host)) throw deny(`udp to ${host}:${port}`);
    return connect.call(this, port, address, ...rest);
  };
});

replace(dgram.Socket.prototype, "send", (send) => {
  return function (...args) {
    // The address is the last string: send(message, [offset, length,] [port] [, address] …).
    const address = args.slice(1).findLast((argument) => typeof argument === "string");
    if (typeof address === "string" && !isLocal(address)) throw deny(`udp to ${address}`);
    return send.apply(this, args);
  };
});

for (const owner of [dns, dns.promises]) {
  for (const name of ["lookup", "lookupService"]) {
    replace(owner, name, (lookup) => {
      return function (...args) {
        if (!isLocal(String(args[0]))) throw deny(`lookup of ${args[0]}`);
        return lookup.apply(this, args);
      };
    });
  }
}

// A resolver may ask a name server on this machine for any name (the lab's), and no other.
type Resolver = { getServers(): string[] };
const servers = (resolver: Resolver) => resolver.getServers().map(hostOf);

/** "127.0.0.1:5353", "[::1]:5353" or a bare address. */
function hostOf(server: string): string {
  if (net.isIP(server) !== 0) return server;
  return server.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function checkResolver(owner: object, resolverOf: (self: unknown) => Resolver): void {
  for (const name of Object.getOwnPropertyNames(owner)) {
    if (!/^(resolve|reverse)/.test(name)) continue;
    replace(owner, name, (resolve) => {
      return function (...args) {
        const foreign = servers(resolverOf(this)).find((server) => !isLocal(server));
        if (foreign) throw deny(`query for ${args[0]} at ${foreign}`);
        return resolve.apply(this, args);
      };
    });
  }
}

for (const owner of [dns, dns.promises]) {
  checkResolver(owner, () => owner as Resolver);
  checkResolver(owner.Resolver.prototype, (self) => self as Resolver);
}

syncBuiltinESMExports();
