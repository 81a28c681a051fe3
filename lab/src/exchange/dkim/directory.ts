import type { DkimConfig, World } from "../../world/world.ts";
import { CmdletError } from "../failure.ts";
import { notFound } from "../failures.ts";

/**
 * The config of this identity: the domain, the GUID, or the organisation's domain with the domain; in any letter
 * case.
 *
 * @throws CmdletError when there is none
 */
export function findConfig(identity: string, { dkimConfigs, tenant }: World): DkimConfig {
  const wanted = identity.toLowerCase();
  const found = dkimConfigs.find(({ domain, guid }) =>
    [domain, guid, `{${guid}}`, `${tenant.initialDomain}\\${domain}`].includes(wanted),
  );
  if (!found) throw new CmdletError(notFound(identity, tenant.servers.directory));
  return found;
}
