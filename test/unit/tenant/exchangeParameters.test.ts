import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { rememberUnknown, unknownParameters } from "../../../tenant/exchangeParameters.ts";
import { thrownBy } from "./bench.ts";

const cmdlet = "Set-CASMailbox";
const refusal = (words: string, status = 400) =>
  new ExchangeError({ cmdlet, status, type: "X", message: `${cmdlet}: ${words}` });
const INVALID =
  "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified.";
const SENT = ["Identity", "PopEnabled", "OWAEnabled", "OWAforDevicesEnabled"];

describe("parameters that a cmdlet does not have", () => {
  for (const [words, names] of [
    [`${INVALID} PopEnabled`, ["PopEnabled"]],
    [`${INVALID} popenabled, OWAforDevicesEnabled`, ["PopEnabled", "OWAforDevicesEnabled"]],
    [`${INVALID}\nOWAforDevicesEnabled.`, ["OWAforDevicesEnabled"]],
    [`A parameter cannot be found that matches parameter name 'OWAEnabled'.`, ["OWAEnabled"]],
    [`${INVALID} ImapEnabled`, []],
    [INVALID, []],
    ["Cannot process argument transformation on parameter 'PopEnabled'.", []],
  ] as const) {
    it(`are named by: ${words.slice(-60)}`, () => {
      assert.deepEqual(unknownParameters(refusal(words), SENT), names);
    });
  }

  it("are not what a busy Exchange, a missing right or another error speaks of", () => {
    const words = `${INVALID} PopEnabled`;
    for (const error of [refusal(words, 403), refusal(words, 503), new Error(words)]) {
      assert.deepEqual(unknownParameters(error, SENT), []);
    }
  });

  it("are asked for once: the next call with one is refused without being sent, any other call is sent", async () => {
    const sent: string[] = [];
    const invoke = rememberUnknown(async (name, parameters) => {
      sent.push(`${name} ${Object.keys(parameters)}`);
      if ("PopEnabled" in parameters) throw refusal(`${INVALID} PopEnabled`);
      return { value: [], warnings: [] };
    });
    const first = await thrownBy(() => invoke(cmdlet, { PopEnabled: false }));
    const again = await thrownBy(() => invoke(cmdlet, { ImapEnabled: false, PopEnabled: false }));
    assert.equal(again, first);
    await invoke(cmdlet, { ImapEnabled: false });
    await thrownBy(() => invoke("Set-Mailbox", { PopEnabled: false }));
    assert.deepEqual(sent, [
      `${cmdlet} PopEnabled`,
      `${cmdlet} ImapEnabled`,
      "Set-Mailbox PopEnabled",
    ]);
  });
});
