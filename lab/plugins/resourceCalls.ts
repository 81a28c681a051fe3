import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { HalfMade, type PluginDefinition, type ResourceKind, unknownHere } from "./definition.ts";
import { checkInputs, compare, inputsOf } from "./resources.ts";
import { Unfinished } from "./unfinished.ts";
import { received, sent } from "./values.ts";

/** The engine's calls that are about one resource. */
export function makeResourceCalls<Session>({ name, resources }: PluginDefinition<Session>) {
  const kindOf = (type: string): ResourceKind<Session> => {
    const kind = resources[type];
    if (kind !== undefined) return kind;
    throw unknownHere(name, type);
  };
  return {
    check(request: provider.CheckRequest) {
      const kind = kindOf(request.getType());
      const { values, secrets } = received(request.getNews());
      const failures = checkInputs(kind, values);
      const inputs =
        kind.secret === undefined ? request.getNews() : sent(values, all(secrets, kind));
      return new provider.CheckResponse()
        .setInputs(inputs)
        .setFailuresList(
          failures.map(({ property, reason }) =>
            new provider.CheckFailure().setProperty(property).setReason(reason),
          ),
        );
    },

    diff(request: provider.DiffRequest) {
      const old = received(request.getOlds()).values;
      const inputs = received(request.getNews()).values;
      const { changes, replaces } = compare(kindOf(request.getType()), inputs, old);
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      const response = new provider.DiffResponse()
        .setChanges(changes.size === 0 ? DIFF_NONE : DIFF_SOME)
        .setDiffsList([...changes.keys()])
        .setReplacesList(replaces)
        .setHasdetaileddiff(true);
      for (const [property, found] of changes) {
        for (const { path, kind } of found) {
          const detail = KINDS[kind][replaces.includes(property) ? "replace" : "update"];
          response.getDetaileddiffMap().set(path, new provider.PropertyDiff().setKind(detail));
        }
      }
      return response;
    },

    async create(request: provider.CreateRequest, session: () => Session) {
      const kind = kindOf(request.getType());
      const { values, secrets } = received(request.getProperties());
      const plan = kind.plan(values);
      await kind.foresee?.(plan, session());
      const response = new provider.CreateResponse();
      if (request.getPreview()) return response.setProperties(sent(plan, all(secrets, kind)));
      try {
        const { id, outputs } = await kind.create(plan, session());
        return response.setId(id).setProperties(sent(outputs, all(secrets, kind)));
      } catch (error) {
        if (!(error instanceof HalfMade)) throw error;
        const { id, outputs } = error.made;
        throw new Unfinished(error.message, {
          id,
          outputs: sent(outputs, all(secrets, kind)),
          inputs: sent(values, all(secrets, kind)),
        });
      }
    },

    async read(request: provider.ReadRequest, session: () => Session) {
      const kind = kindOf(request.getType());
      const old = received(request.getProperties());
      const oldInputs = received(request.getInputs());
      const response = new provider.ReadResponse();
      const found = await kind.read(request.getId(), old.values, session());
      if (found === undefined) return response;
      const secrets = all([...old.secrets, ...oldInputs.secrets], kind);
      return response
        .setId(found.id)
        .setProperties(sent(found.outputs, secrets))
        .setInputs(sent(inputsOf(kind, found.outputs, oldInputs.values), secrets));
    },

    async update(request: provider.UpdateRequest, session: () => Session) {
      const kind = kindOf(request.getType());
      const old = received(request.getOlds()).values;
      const { values, secrets } = received(request.getNews());
      const plan = kind.plan(values, old);
      const response = new provider.UpdateResponse();
      if (request.getPreview()) return response.setProperties(sent(plan, all(secrets, kind)));
      const outputs = await kind.update(request.getId(), plan, old, session());
      return response.setProperties(sent(outputs, all(secrets, kind)));
    },

    async delete(request: provider.DeleteRequest, session: () => Session) {
      const old = received(request.getProperties()).values;
      await kindOf(request.getType()).delete(request.getId(), old, session());
      return new empty.Empty();
    },
  };
}

/** What was a secret already, and what always is. */
const all = <Session>(
  secrets: Iterable<string>,
  { secret = [] }: ResourceKind<Session>,
): ReadonlySet<string> => new Set([...secrets, ...secret]);

const { Kind } = provider.PropertyDiff;

const KINDS = {
  add: { update: Kind.ADD, replace: Kind.ADD_REPLACE },
  update: { update: Kind.UPDATE, replace: Kind.UPDATE_REPLACE },
  delete: { update: Kind.DELETE, replace: Kind.DELETE_REPLACE },
} as const;
