import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "../../../../config/read.ts";
import { relayScript } from "../../../../mail/eject/script.ts";

const scriptOf = (sender: object, domain: object = {}, others: object[] = []): string => {
  const config = readConfig(
    {
      "azuread:tenantId": "aaaabbbb-0000-cccc-1111-dddd2222eeee",
      "m365-smtp-relay:domains": JSON.stringify([{ name: "contoso.com", ...domain }]),
      "m365-smtp-relay:senders": JSON.stringify([
        { name: "crm", from: ["crm@contoso.com"], authentication: ["oauth"], ...sender },
        ...others,
      ]),
    },
    "prod",
  );
  return relayScript(config, { owner: "m365-smtp-relay/prod", name: "prod", relay: "relay" });
};

describe("the script of a relay", () => {
  it("makes no app and no right where the app exists already", () => {
    const clientId = "11111111-2222-3333-4444-555555555555";
    const adopted = scriptOf({ adoptMailbox: true, adoptApplication: clientId });
    assert.match(adopted, new RegExp(`Sender crm: the app ${clientId}, which exists already`));
    assert.match(adopted, /^Set-CASMailbox .*-SmtpClientAuthenticationDisabled:\$false/m);
    assert.doesNotMatch(adopted, /New-Mg|New-ServicePrincipal|New-Management|Connect-MgGraph/);
    assert.match(scriptOf({}), /New-MgApplication[\s\S]*New-ServicePrincipal[\s\S]*New-Management/);
  });

  it("makes each federated identity under its own name, unless it is there", () => {
    const script = scriptOf({
      federatedIdentity: [
        { issuer: "https://gitlab.com", subject: "a" },
        { issuer: "https://gitlab.com", subject: "b", name: "staging" },
      ],
    });
    const named = [
      ...script.matchAll(/^if \(-not \(\$credentials \| Where-Object Name -EQ '(.*)'/gm),
    ];
    assert.deepEqual(
      named.map(([, name]) => name),
      ["relay-crm", "relay-crm-staging"],
    );
    assert.match(
      script,
      /Name += 'relay-crm-staging'\n +Issuer += 'https:\/\/gitlab.com'\n +Subject += 'b'/,
    );
  });

  it("says at its head which senders it makes nothing for, and why", () => {
    const said = (sender: object) => scriptOf(sender).replaceAll("\n# ", " ");
    assert.match(
      said({ authentication: ["none"], egress: ["198.51.100.7"], external: 0 }),
      /Sender crm uses direct send, .*the SPF record in zones\/ has 198\.51\.100\.7\./,
    );
    assert.match(
      said({ purpose: "marketing" }),
      /Sender crm is to send with Azure Communication Services\. .* set it up there\./,
    );
    const member = { name: "till", from: ["till@contoso.com"], authentication: ["none"] };
    assert.match(
      scriptOf({}, {}, [{ ...member, via: "crm" }]),
      /^# Sender till sends through crm, and has nothing of its own in the tenant\.$/m,
    );
    assert.doesNotMatch(scriptOf({}), /direct send|is to send with|sends through/);
  });

  it("leaves DKIM alone where the stack does", () => {
    assert.doesNotMatch(scriptOf({}, { unmanaged: ["dkim"] }), /DkimSigningConfig/);
    assert.match(scriptOf({}), /New-DkimSigningConfig/);
  });
});
