import { selectorName } from "../dns/dkim/selector.ts";
import { dkimParameters, newDkimParameters } from "../exchange/dkim.ts";
import { attempt, command, comment, quote, tableLines, when } from "../powershell.ts";
import type { EjectedStack } from "./relay.ts";
import { plainMark, type Section, waitFor } from "./section.ts";

/** The section of a domain: DKIM, as all else of it is in DNS. */
export function domainSection(domain: string, stack: EjectedStack): Section {
  const shown = (selector: 1 | 2) =>
    `Write-Host "${selectorName(`selector${selector}`, domain)}. CNAME $($dkim.Selector${selector}CNAME)."`;
  const find = `Get-DkimSigningConfig | Where-Object Domain -EQ ${quote(domain)}`;
  const withKeys = `(${find} | Where-Object Status -NE 'NoDKIMKeys')`;
  const enable = command("Set-DkimSigningConfig", dkimParameters(domain, { Enabled: true }));
  return {
    title: `Domain ${domain}: DKIM`,
    why:
      "Exchange makes the keys and says where two CNAME records have to lead. It refuses to sign until they are published: " +
      `publish the records of zones/${domain}.zone, and run the script again.`,
    lines: [
      ...tableLines("parameters", newDkimParameters(domain, plainMark(stack.owner))),
      ...comment(
        "Exchange shows one without keys where there is none, and while it makes the keys. Then it says that it exists already.",
      ),
      ...when(`-not ${withKeys}`, [attempt("New-DkimSigningConfig @parameters | Out-Null")]),
      ...waitFor(withKeys, `Waiting until Exchange has made the DKIM keys of ${domain}`),
      `$dkim = ${find}`,
      ...when("-not $dkim.Enabled", [shown(1), shown(2), attempt(enable)]),
    ],
    scopes: [],
  };
}
