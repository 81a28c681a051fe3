import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openList } from "../../../providers/host/sharedList.ts";
import { thrownBy } from "../tenant/bench.ts";

interface One {
  readonly name: string;
  readonly on: boolean;
}

/** A request that waits for its answer: an error, or what there was when the request began. */
interface Request {
  answer(error?: Error): Promise<void>;
}

/** A service with some objects, and the list of them. */
function openService(...objects: One[]) {
  const open: Request[] = [];
  const state = { objects, asked: 0, open, isQuick: true };
  const read = (): Promise<One[]> => {
    state.asked += 1;
    const seen = [...state.objects];
    if (state.isQuick) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const request: Request = {
        async answer(error) {
          open.splice(open.indexOf(request), 1);
          if (error) reject(error);
          else resolve(seen);
          for (let turn = 0; turn < 10; turn++) await undefined;
        },
      };
      open.push(request);
    });
  };
  const list = openList(read, ({ name }) => name);
  const set = (name: string, on: boolean) =>
    list.write(name, async () => {
      state.objects = [...state.objects.filter((one) => one.name !== name), { name, on }];
      return undefined;
    });
  return Object.assign(state, { list, set });
}

describe("a list that the resources of a run share", () => {
  const off = { name: "a", on: false };

  it("is asked for once by all who ask at the same time, and by those after them", async () => {
    const service = openService(off);
    const found = await Promise.all(["a", "A", "b"].map((name) => service.list.find(name)));
    assert.deepEqual([found, service.asked], [[off, off, undefined], 1]);
    assert.deepEqual(await service.list.all(), [off]);
    assert.equal(service.asked, 1);
  });

  it("is asked for again when it is older than 30 s", async (t) => {
    t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    const service = openService(off);
    await service.list.find("a");
    t.mock.timers.tick(30_000);
    await service.list.find("a");
    assert.equal(service.asked, 1);
    t.mock.timers.tick(1);
    service.objects = [];
    assert.equal(await service.list.find("a"), undefined);
    assert.equal(service.asked, 2);
  });

  it("begins after the call where that is asked for, with one request at a time", async () => {
    const service = openService(off);
    service.isQuick = false;
    const first = service.list.all();
    service.objects = [];
    const [second, third] = [service.list.now(), service.list.now()];
    assert.equal(service.open.length, 1);
    await service.open[0]?.answer();
    assert.equal(service.open.length, 1);
    await service.open[0]?.answer();
    assert.deepEqual([await first, await second, await third], [[off], [], []]);
    assert.equal(service.asked, 2);
  });

  it("counts for an object only if it began after our last write of it", async () => {
    const service = openService(off, { name: "b", on: false });
    service.isQuick = false;
    const before = service.list.find("a");
    await service.set("a", true);
    const [after, other] = [service.list.find("a"), service.list.find("b")];
    await service.open[0]?.answer();
    assert.equal((await other)?.on, false);
    await service.open[0]?.answer();
    assert.deepEqual([(await before)?.on, (await after)?.on], [false, true]);
    assert.equal(service.asked, 2);
  });

  it("does not count for an object after a write that failed, either", async () => {
    const service = openService(off);
    await service.list.find("a");
    const failing = service.list.write("A", async () => {
      service.objects = [];
      throw new Error("no answer");
    });
    assert.equal((await thrownBy(() => failing)).message, "no answer");
    assert.equal(await service.list.find("a"), undefined);
  });

  it("has the object that a write gave, until a newer list shows it", async () => {
    const service = openService();
    await service.list.all();
    const given = { name: "a", on: false };
    await service.list.write("a", async () => {
      service.objects = [{ name: "a", on: true }];
      return given;
    });
    assert.equal(await service.list.find("a"), given);
    assert.equal(service.asked, 1);
    await service.list.now();
    assert.equal((await service.list.find("a"))?.on, true);
  });

  it("fails for all who share a failed request, and is asked for again", async () => {
    const service = openService(off);
    service.isQuick = false;
    const all = [service.list.find("a"), service.list.all()].map((one) => thrownBy(() => one));
    await service.open[0]?.answer(new Error("busy"));
    assert.deepEqual(
      (await Promise.all(all)).map(({ message }) => message),
      ["busy", "busy"],
    );
    service.isQuick = true;
    assert.equal(await service.list.find("a"), off);
  });

  it("is polled once for a hundred that wait, and wakes each when its object is there", async () => {
    const service = openService();
    const names = Array.from({ length: 100 }, (_, index) => `object-${index}`);
    const waits = names.map((name) =>
      service.list.until(name, (object) => object !== undefined, 10_000),
    );
    setTimeout(() => {
      service.objects = names.map((name) => ({ name, on: true }));
    }, 1_200);
    const found = await Promise.all(waits);
    assert.deepEqual(
      found.map((object) => object?.name),
      names,
    );
    // At once, after 1 s and after 2 s.
    assert.equal(service.asked, 3);
  });

  it("is looked at once where nothing is waited for, and once more when the time is over", async () => {
    const service = openService(off);
    const looks: boolean[] = [];
    const isOn = (object?: One) => {
      looks.push(object?.on === true);
      return object?.on === true;
    };
    assert.equal(await service.list.until("a", isOn, 0), off);
    assert.deepEqual(looks, [false]);
    assert.equal(await service.list.until("a", isOn, 20), off);
    assert.deepEqual([looks.length, service.asked], [3, 2]);
  });
});
