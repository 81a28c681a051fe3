import { judgeDkim } from "../../../mail/doctor/exchange/dkim.ts";
import { toDkimConfig } from "../../../providers/exchange/dkim.ts";
import { findAll, text } from "../../../providers/exchange/find.ts";
import type { Check } from "../check.ts";

/** Whether Exchange signs the mail of each domain. */
export const dkim: Check = {
  name: "dkim-signing",
  title: "DKIM in Exchange",
  afterUp: true,
  async look({ config, domains, invoke }) {
    // Asked for one, Exchange gives an empty object where there is none.
    const objects = await findAll(invoke, "Get-DkimSigningConfig", {});
    return config.domains
      .filter(({ name }) => domains.has(name))
      .flatMap(({ name, unmanaged }) => {
        const object = objects.find(({ Domain }) => text(Domain).toLowerCase() === name);
        const state = object && {
          ...toDkimConfig(object),
          rotateOn: text(object.RotateOnDate),
          selectorAfter: text(object.SelectorAfterRotateOnDate),
        };
        return judgeDkim(name, state, !unmanaged.includes("dkim"), new Date());
      });
  },
};
