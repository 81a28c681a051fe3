import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { PluginDefinition } from "./definition.ts";
import { makeResourceCalls } from "./resourceCalls.ts";
import { makeSessions } from "./sessions.ts";
import { fromStruct, toStruct } from "./values.ts";

/** A stand-in for a plugin, to which engines attach by `PULUMI_DEBUG_PROVIDERS=NAME:PORT`. */
export interface ServedPlugin {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a plugin on a free port of 127.0.0.1. Any number of engines may use it, also at once. */
export async function servePlugin<Session>(
  definition: PluginDefinition<Session>,
): Promise<ServedPlugin> {
  const server = new Server();
  server.addService(ResourceProviderService, makeService(definition));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    async close() {
      server.forceShutdown();
    },
  };
}

/** The gRPC service that an engine expects of a plugin. Any other call is answered UNIMPLEMENTED. */
function makeService<Session>(definition: PluginDefinition<Session>): UntypedServiceImplementation {
  const { name, version, functions } = definition;
  const sessions = makeSessions<Session>();
  const resourceCalls = makeResourceCalls(definition);
  const nothing = () => new empty.Empty();
  return {
    ...Object.fromEntries(
      Object.entries(resourceCalls).map(([method, answer]) => [
        method,
        unary((request: never, peer) => answer(request, () => sessions.of(peer))),
      ]),
    ),
    handshake: unary(() => new provider.ProviderHandshakeResponse().setAcceptSecrets(true)),
    attach: unary(nothing),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    checkConfig: unary((request: provider.CheckRequest) =>
      new provider.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: unary(() => new provider.DiffResponse()),
    configure: unary(async (request: provider.ConfigureRequest, peer) => {
      const config = fromStruct(request.getArgs()).values;
      await sessions.begin(peer, (signal) => definition.configure(config, signal));
      return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    invoke: unary(async (request: provider.InvokeRequest, peer) => {
      const token = request.getTok();
      const call = functions[token];
      if (call === undefined) {
        throw new Error(`the lab's stand-in for the ${name} plugin does not know ${token}`);
      }
      const result = await call(fromStruct(request.getArgs()).values, sessions.of(peer));
      return new provider.InvokeResponse().setReturn(toStruct(result));
    }),
    cancel: unary((_: empty.Empty, peer) => {
      sessions.cancel(peer);
      return nothing();
    }),
  };
}

/** An error with the details that a plugin sends in gRPC's metadata. */
interface WithMetadata extends Error {
  readonly metadata?: Metadata;
}

/** A handler that answers what a function returns, or the message of what it throws. */
function unary<Request, Response>(
  answer: (request: Request, peer: string) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call: ServerUnaryCall<Request, Response>, callback) => {
    try {
      callback(null, await answer(call.request, call.getPeer()));
    } catch (thrown) {
      const error: WithMetadata = thrown instanceof Error ? thrown : new Error(String(thrown));
      const metadata = error.metadata ?? new Metadata();
      callback({ code: status.UNKNOWN, details: error.message, metadata });
    }
  };
}
