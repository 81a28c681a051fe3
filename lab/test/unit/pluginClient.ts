import { credentials, type Metadata } from "@grpc/grpc-js";
import type plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

type Values = Record<string, unknown>;

/** An engine, for one resource type of a plugin's. */
export interface PluginClient {
  info(): Promise<string>;
  configure(config: Values): Promise<void>;
  check(inputs: Values): Promise<{ property: string; reason: string }[]>;
  /** The names of the properties that change, and of those whose change replaces the resource. */
  diff(
    old: Values,
    inputs: Values,
    ignored?: readonly string[],
  ): Promise<{ changes: string[]; replaces: string[] }>;
  /** Rejects with a PluginError; its `state` is what the engine would keep. */
  create(inputs: Values, preview?: boolean): Promise<{ id: string; outputs: Values }>;
  read(
    id: string,
    old?: Values,
    inputs?: Values,
  ): Promise<{ id: string; outputs: Values; inputs: Values }>;
  update(
    id: string,
    old: Values,
    inputs: Values,
    preview?: boolean,
    ignored?: readonly string[],
  ): Promise<Values>;
  delete(id: string, outputs: Values): Promise<void>;
  invoke(token: string, args: Values): Promise<Values>;
  cancel(): Promise<void>;
  close(): void;
}

/** Attaches to a plugin as one more engine; `type` where resources are asked for. */
export function attachClient(port: number, type = ""): PluginClient {
  // Else clients of one process share a connection.
  const options = { "grpc.use_local_subchannel_pool": 1 };
  const client = new ResourceProviderClient(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
    options,
  );
  const from = (values: Values) => struct.Struct.fromJavaScript(values as never);
  const into = (values: struct.Struct | undefined) => (values?.toJavaScript() ?? {}) as Values;
  return {
    async info() {
      const response = await answer<plugin.PluginInfo>((done) =>
        client.getPluginInfo(new empty.Empty(), done),
      );
      return response.getVersion();
    },
    async configure(config) {
      const request = new provider.ConfigureRequest().setArgs(from(config));
      await answer((done) => client.configure(request, done));
    },
    async check(inputs) {
      const request = new provider.CheckRequest().setType(type).setNews(from(inputs));
      const response = await answer<provider.CheckResponse>((done) => client.check(request, done));
      return response.toObject().failuresList;
    },
    async diff(old, inputs, ignored = []) {
      const request = new provider.DiffRequest().setType(type).setIgnorechangesList([...ignored]);
      request.setOlds(from(old)).setNews(from(inputs));
      const response = await answer<provider.DiffResponse>((done) => client.diff(request, done));
      return { changes: response.getDiffsList(), replaces: response.getReplacesList() };
    },
    async create(inputs, preview = false) {
      const request = new provider.CreateRequest().setType(type).setPreview(preview);
      request.setProperties(from(inputs));
      const response = await answer<provider.CreateResponse>((done) =>
        client.create(request, done),
      );
      return { id: response.getId(), outputs: into(response.getProperties()) };
    },
    async read(id, old = {}, inputs = {}) {
      const request = new provider.ReadRequest().setType(type).setId(id);
      request.setProperties(from(old)).setInputs(from(inputs));
      const response = await answer<provider.ReadResponse>((done) => client.read(request, done));
      return {
        id: response.getId(),
        outputs: into(response.getProperties()),
        inputs: into(response.getInputs()),
      };
    },
    async update(id, old, inputs, preview = false, ignored = []) {
      const request = new provider.UpdateRequest().setType(type).setId(id).setPreview(preview);
      request
        .setOlds(from(old))
        .setNews(from(inputs))
        .setIgnorechangesList([...ignored]);
      const response = await answer<provider.UpdateResponse>((done) =>
        client.update(request, done),
      );
      return into(response.getProperties());
    },
    async delete(id, outputs) {
      const request = new provider.DeleteRequest().setType(type).setId(id);
      request.setProperties(from(outputs));
      await answer((done) => client.delete(request, done));
    },
    async invoke(token, args) {
      const request = new provider.InvokeRequest().setTok(token).setArgs(from(args));
      const response = await answer<provider.InvokeResponse>((done) =>
        client.invoke(request, done),
      );
      return into(response.getReturn());
    },
    async cancel() {
      await answer((done) => client.cancel(new empty.Empty(), done));
    },
    close: () => client.close(),
  };
}

/** A plugin's refusal. */
export class PluginError extends Error {
  /** The incomplete resource that the engine keeps. */
  readonly state: { id: string; outputs: Values } | undefined;

  constructor(message: string, state: PluginError["state"]) {
    super(message);
    this.state = state;
  }
}

type Failure = { details: string; metadata: Metadata };
type Done<T> = (error: Failure | null, response: T) => void;

/** Rejects with what the plugin said, without gRPC's words. */
function answer<T>(send: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    send((error, response) =>
      error ? reject(new PluginError(error.details, stateIn(error))) : resolve(response),
    );
  });
}

function stateIn({ metadata }: Failure): PluginError["state"] {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (!(bytes instanceof Buffer)) return undefined;
  const [packed] = rpc.Status.deserializeBinary(bytes).getDetailsList();
  const detail = packed?.unpack(
    provider.ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (!detail) return undefined;
  const outputs = (detail.getProperties()?.toJavaScript() ?? {}) as Values;
  return { id: detail.getId(), outputs };
}
