import assert from "node:assert/strict";
import type { ConnectorForm } from "../../../mail/exchange/inboundConnector.ts";
import type {
  ConnectorFacts,
  InboundConnectorInputs,
} from "../../../providers/exchange/inboundConnectorForm.ts";
import type { Outputs } from "../../../providers/exchange/named.ts";
import { HalfMade } from "../../../providers/host/dynamicProvider.ts";
import { ExchangeError } from "../../../tenant/exchangeError.ts";
import { thrownBy } from "../tenant/bench.ts";
import type { Around } from "./fixture.ts";

/** Does something right after a cmdlet was carried out. */
export const following =
  (cmdlet: string, act: () => void): Around =>
  (invoke) =>
  async (name, parameters) => {
    const result = await invoke(name, parameters);
    if (name === cmdlet) act();
    return result;
  };

/** Carries a cmdlet out, but no answer comes, however often it is tried. */
export const unanswered = (cmdlet: string): Around =>
  following(cmdlet, () => {
    const message = `${cmdlet}: no answer from Exchange (cut)`;
    throw new ExchangeError({ cmdlet, status: 0, type: "", message });
  });

/** Refusals name this exception, whichever Exchange named. */
export const refusedBy =
  (type: string): Around =>
  (invoke) =>
  async (cmdlet, parameters) => {
    try {
      return await invoke(cmdlet, parameters);
    } catch (error) {
      assert.ok(error instanceof ExchangeError);
      const { message, status } = error;
      throw new ExchangeError({ cmdlet, status, type, message });
    }
  };

/** Reads answer 200 with these objects instead of what there is. */
export const reading =
  (value: readonly Readonly<Record<string, unknown>>[]): Around =>
  (invoke) =>
  async (name, parameters) => {
    const result = await invoke(name, parameters);
    return name.startsWith("Get-") ? { ...result, value } : result;
  };

/** What an act leaves half made: what state keeps of it then, and the reason. */
export async function halfMadeBy(act: () => Promise<unknown>) {
  const error = await thrownBy(act);
  assert.ok(error instanceof HalfMade, `${error}`);
  const outs = error.properties as unknown as Outputs<
    InboundConnectorInputs,
    ConnectorForm,
    ConnectorFacts
  >;
  const { message: reason, id } = error;
  assert.deepEqual([outs.guid, outs.ready, outs.pending], [id, false, reason]);
  return { id, outs, reason };
}
