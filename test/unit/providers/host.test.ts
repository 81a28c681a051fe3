import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type * as pulumi from "@pulumi/pulumi";
import { asDynamicProvider, HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { handler } from "../../../providers/kinds.ts";
import * as resources from "../../../providers/resources.ts";
import { thrownBy } from "../tenant/bench.ts";

type Kind = Required<Omit<pulumi.dynamic.ResourceProvider, "configure">>;
const PROVIDER = "exports.handler = …";

/** A kind of resource that does nothing, but for what a test gives it. */
function hostedWith(own: Partial<Kind>) {
  const kind: Kind = {
    check: async (_olds, news) => ({ inputs: news, failures: [] }),
    diff: async () => ({ changes: false }),
    create: async (inputs) => ({ id: "1", outs: inputs }),
    read: async (id, props) => ({ id: id ?? "", props: props ?? {} }),
    update: async (_id, _olds, news) => ({ outs: news }),
    delete: async () => {},
    ...own,
  };
  return asDynamicProvider(kind) as Kind;
}

describe("the host of a resource kind", () => {
  it("undefined never reaches the engine, at any depth", async () => {
    const loose = { kept: null, none: undefined, deep: { none: undefined, list: [1] } };
    const clean = { kept: null, deep: { list: [1] } };
    const host = hostedWith({
      check: async () => ({ inputs: loose, failures: [] }),
      create: async () => ({ id: "1", outs: loose }),
      read: async () => ({ id: "1", props: loose, inputs: loose }),
      update: async () => ({ outs: loose }),
    });
    assert.deepStrictEqual(await host.check({}, {}), { inputs: clean, failures: [] });
    assert.deepStrictEqual(await host.create({}), { id: "1", outs: clean });
    const read = { id: "1", props: clean, inputs: clean };
    assert.deepStrictEqual(await host.read("1", {}), read);
    assert.deepStrictEqual(await host.update("1", {}, {}), { outs: clean });
  });

  const halfMade = () => {
    throw new HalfMade("7", { name: "x", none: undefined, ready: false }, "not as sent", {});
  };

  it("a half-made object keeps its id, reason, and how to load its provider", async () => {
    const host = hostedWith({ create: async () => halfMade(), update: async () => halfMade() });
    const acts = [
      () => host.create({ __provider: PROVIDER }),
      () => host.update("7", { __provider: "old" }, { __provider: PROVIDER }),
    ];
    for (const act of acts) {
      const error = await thrownBy(act);
      assert.ok(error instanceof HalfMade);
      assert.deepStrictEqual(
        [error.id, error.reasons, error.properties],
        ["7", ["not as sent"], { name: "x", ready: false, __provider: PROVIDER }],
      );
    }
  });

  it("errors carry their sentence and no stack", async () => {
    const fail = async () => {
      throw new Error("one sentence");
    };
    const host = hostedWith({
      ...{ check: fail, diff: fail, create: fail, read: fail, update: fail, delete: fail },
    });
    const acts = [
      () => host.check({}, {}),
      () => host.diff("1", {}, {}),
      () => host.create({}),
      () => host.read("1", {}),
      () => host.update("1", {}, {}),
      () => host.delete("1", {}),
    ];
    for (const act of acts) {
      const { message, stack } = await thrownBy(act);
      assert.deepEqual([message, stack], ["one sentence", ""]);
    }
    const error = await thrownBy(() => hostedWith({ create: async () => halfMade() }).create({}));
    assert.equal(error.stack, "");
  });

  it("an act that throws before it waits is reported in the same way", async () => {
    const host = hostedWith({
      delete: () => {
        throw new TypeError("at once");
      },
    });
    const { message, stack } = await thrownBy(() => host.delete("1", {}));
    assert.deepEqual([message, stack], ["at once", ""]);
  });

  it("the handler that state names has every method of each kind that has a resource class", async () => {
    const kinds = Object.values(resources).map(({ kind }) => kind);
    assert.equal(new Set(kinds).size, 27);
    for (const kind of kinds) {
      const methods = handler(kind);
      assert.deepEqual(Object.keys(methods).sort(), [
        ...["check", "create", "delete", "diff", "read", "update"],
      ]);
    }
  });

  it("the handler asks for no credential before a tenant is needed", async () => {
    const news = { domain: "contoso", tenantId: "x", environment: "global" };
    const checked = await handler("AcceptedDomain").check?.({}, news);
    assert.equal(checked?.failures?.[0]?.property, "domain");
  });
});
