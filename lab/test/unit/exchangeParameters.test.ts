// Which parameters the lab's cmdlets have, held to the cmdlets' own pages.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { cmdlets } from "../../src/exchange/cmdlets.ts";
import { parameterPages } from "../../src/exchange/parameterPages.ts";
import { type ExchangeBench, makeExchangeBench } from "./bench.ts";
import { stateOf } from "./exchangeState.ts";

const UNKNOWN = /AmbiguousParameterSetException\|.*Invalid cmdlet parameters specified\. (\w+)$/;
const NOT_MODELLED = /\|The lab does not model the parameter (\w+) of /;

describe("a parameter", () => {
  let bench: ExchangeBench;
  before(async () => {
    bench = await makeExchangeBench();
  });

  it("is modelled only where the cmdlet's page has it for Exchange Online", () => {
    const stray = Object.entries(cmdlets).flatMap(([name, { parameters }]) =>
      Object.keys(parameters)
        .filter((parameter) => !parameterPages[name]?.cloud.includes(parameter))
        .map((parameter) => `${name} -${parameter}`),
    );
    assert.deepEqual(stray, []);
    assert.deepEqual(Object.keys(parameterPages).toSorted(), Object.keys(cmdlets).toSorted());
  });

  it("is on a page for one of both products", () => {
    const both = Object.entries(parameterPages).flatMap(([name, { cloud, onPremises }]) =>
      cloud.filter((parameter) => onPremises.includes(parameter)).map((one) => `${name} -${one}`),
    );
    assert.deepEqual(both, []);
  });

  /** What a cmdlet says to a parameter; nothing may change. */
  async function refusalOf(cmdlet: string, parameter: string): Promise<string> {
    const world = stateOf(bench.world);
    const { status, text } = await bench.invoke(cmdlet, { [parameter]: true });
    assert.equal(status, 400, `${cmdlet} -${parameter}`);
    assert.deepEqual(stateOf(bench.world), world);
    return text;
  }

  for (const [cmdlet, { cloud, onPremises }] of Object.entries(parameterPages)) {
    it(`of ${cmdlet} that Exchange Online does not have is unknown to it`, async () => {
      for (const parameter of [...onPremises, ...onPremises.map(otherCase), "Nonsense"]) {
        assert.equal(UNKNOWN.exec(await refusalOf(cmdlet, parameter))?.[1], parameter);
      }
    });

    it(`of ${cmdlet} that the lab lacks is refused as the lab's own lack`, async () => {
      const known = Object.keys(cmdlets[cmdlet]?.parameters ?? {});
      for (const parameter of cloud.filter((name) => !known.includes(name))) {
        const given = otherCase(parameter);
        assert.equal(NOT_MODELLED.exec(await refusalOf(cmdlet, given))?.[1], given);
      }
    });
  }

  it("ECPEnabled is shown, and is unknown to Set-CASMailbox", async () => {
    const Identity = bench.world.mailboxes[0]?.address ?? "";
    const [shown] = (await bench.invoke("Get-CASMailbox", { Identity })).value;
    assert.equal(shown?.ECPEnabled, true);
    assert.match(await refusalOf("Set-CASMailbox", "ECPEnabled"), UNKNOWN);
  });
});

const otherCase = (name: string): string => name.toLowerCase();
