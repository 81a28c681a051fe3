import { Metadata, status } from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import rpc from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type struct from "google-protobuf/google/protobuf/struct_pb.js";
import { InitFailed, type PluginDefinition, type ResourceType } from "./definition.ts";
import {
  changesOf,
  checkInputs,
  inputsOf,
  namesWith,
  type Properties,
  planOf,
} from "./properties.ts";
import { fromStruct, toStruct, type Values } from "./values.ts";

/** The engine's calls about one resource. */
export function makeResourceCalls<Session>({ name, resources }: PluginDefinition<Session>) {
  const typeOf = (token: string): ResourceType<Session> => {
    const type = resources[token];
    if (type !== undefined) return type;
    throw new Error(`the lab's stand-in for the ${name} plugin does not know ${token}`);
  };
  return {
    check(request: provider.CheckRequest) {
      const { properties } = typeOf(request.getType());
      const { values, secrets } = fromStruct(request.getNews());
      const failures = checkInputs(properties, values).map(({ property, reason }) =>
        new provider.CheckFailure().setProperty(property).setReason(reason),
      );
      const inputs = toStruct(values, withSecrets(secrets, properties));
      return new provider.CheckResponse().setInputs(inputs).setFailuresList(failures);
    },

    diff(request: provider.DiffRequest) {
      const type = typeOf(request.getType());
      const old = fromStruct(request.getOlds()).values;
      const inputs = fromStruct(request.getNews()).values;
      const plan = planFor(type, inputs, old, request.getIgnorechangesList());
      const changes = changesOf(type.properties, plan, old);
      const replacing = namesWith(type.properties, "forceNew");
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      return new provider.DiffResponse()
        .setChanges(changes.length === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList(changes)
        .setReplacesList(changes.filter((name) => replacing.includes(name)));
    },

    async create(request: provider.CreateRequest, session: () => Session) {
      const type = typeOf(request.getType());
      const { values, secrets } = fromStruct(request.getProperties());
      const write = (properties: Values) =>
        toStruct(properties, withSecrets(secrets, type.properties));
      const plan = planFor(type, values);
      const response = new provider.CreateResponse();
      if (request.getPreview()) return response.setProperties(write(plan));
      try {
        const { id, outputs } = await type.create(plan, session());
        return response.setId(id).setProperties(write(outputs));
      } catch (error) {
        if (!(error instanceof InitFailed)) throw error;
        const { id, outputs } = error.state;
        throw withState(error, id, write(outputs), write(values));
      }
    },

    async read(request: provider.ReadRequest, session: () => Session) {
      const { properties, read } = typeOf(request.getType());
      const old = fromStruct(request.getProperties());
      const oldInputs = fromStruct(request.getInputs());
      const state = await read(request.getId(), old.values, session());
      if (state === undefined) return new provider.ReadResponse();
      const { id, outputs } = state;
      const secrets = withSecrets([...old.secrets, ...oldInputs.secrets], properties);
      return new provider.ReadResponse()
        .setId(id)
        .setProperties(toStruct(outputs, secrets))
        .setInputs(toStruct(inputsOf(properties, outputs, oldInputs.values), secrets));
    },

    async update(request: provider.UpdateRequest, session: () => Session) {
      const type = typeOf(request.getType());
      const old = fromStruct(request.getOlds()).values;
      const { values, secrets } = fromStruct(request.getNews());
      const plan = planFor(type, values, old, request.getIgnorechangesList());
      const outputs = request.getPreview()
        ? plan
        : await type.update(request.getId(), plan, old, session());
      const properties = toStruct(outputs, withSecrets(secrets, type.properties));
      return new provider.UpdateResponse().setProperties(properties);
    },

    async delete(request: provider.DeleteRequest, session: () => Session) {
      const old = fromStruct(request.getProperties()).values;
      await typeOf(request.getType()).delete(request.getId(), old, session());
      return new empty.Empty();
    },
  };
}

/**
 * @param ignored paths of properties that the resource's `ignoreChanges` names: as in plugins that wrap a Terraform
 *   provider, they stay as they are, in a plan and in what is sent
 */
function planFor<Session>(
  type: ResourceType<Session>,
  inputs: Values,
  old?: Values,
  ignored: readonly string[] = [],
): Values {
  const plan = planOf(type.properties, inputs, old);
  const refined = type.refine?.(plan, old) ?? plan;
  if (old === undefined) return refined;
  const names = ignored.map((path) => path.split(/[.[]/)[0] ?? path);
  const kept = names.filter((name) => name in refined).map((name) => [name, old[name] ?? null]);
  return { ...refined, ...Object.fromEntries(kept) };
}

/** The properties that came as secrets, and those that always are. */
const withSecrets = (secrets: Iterable<string>, properties: Properties): ReadonlySet<string> =>
  new Set([...secrets, ...namesWith(properties, "secret")]);

/** Adds the state that an engine keeps of an incomplete resource, as plugins written in Go send it. */
function withState(error: Error, id: string, outputs: struct.Struct, inputs: struct.Struct): Error {
  const detail = new provider.ErrorResourceInitFailed()
    .setId(id)
    .setProperties(outputs)
    .setInputs(inputs)
    .setReasonsList([error.message]);
  const packed = new any.Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new rpc.Status().setCode(status.UNKNOWN).setMessage(error.message);
  answer.addDetails(packed);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return Object.assign(error, { metadata });
}
