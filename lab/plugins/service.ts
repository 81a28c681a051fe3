import {
  type handleUnaryCall,
  Metadata,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { type PluginDefinition, unknownHere } from "./definition.ts";
import { makeResourceCalls } from "./resourceCalls.ts";
import { makeSessions } from "./sessions.ts";
import { Unfinished } from "./unfinished.ts";
import { received, sent } from "./values.ts";

/** The gRPC service that an engine expects of a plugin. What stands not here is answered with UNIMPLEMENTED. */
export function makeService<Session>(
  definition: PluginDefinition<Session>,
): UntypedServiceImplementation {
  const { name, version, functions } = definition;
  const sessions = makeSessions<Session>();
  const resources = makeResourceCalls(definition);
  const nothing = () => new empty.Empty();
  return {
    ...Object.fromEntries(
      Object.entries(resources).map(([method, answer]) => [
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
      const config = received(request.getArgs()).values;
      await sessions.begin(peer, (signal) => definition.configure(config, signal));
      return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    invoke: unary(async (request: provider.InvokeRequest, peer) => {
      const call = functions[request.getTok()];
      if (call === undefined) throw unknownHere(name, request.getTok());
      const result = await call(received(request.getArgs()).values, sessions.of(peer));
      return new provider.InvokeResponse().setReturn(sent(result));
    }),
    cancel: unary((_: empty.Empty, peer) => {
      sessions.cancel(peer);
      return nothing();
    }),
  };
}

/** A handler that answers with what a function gives, or with the message of what it throws. */
function unary<Request, Response>(
  answer: (request: Request, peer: string) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call: ServerUnaryCall<Request, Response>, callback) => {
    try {
      callback(null, await answer(call.request, call.getPeer()));
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      const metadata = error instanceof Unfinished ? error.metadata : new Metadata();
      callback({ code: status.UNKNOWN, details, metadata });
    }
  };
}
