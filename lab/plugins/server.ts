import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { PluginDefinition } from "./definition.ts";
import { makeService } from "./service.ts";

/** A stand-in for a plugin, to which engines attach by `PULUMI_DEBUG_PROVIDERS=NAME:PORT`. */
export interface ServedPlugin {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves a plugin on a free port of 127.0.0.1; it needs no engine to start it, and serves many, also at once. */
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
