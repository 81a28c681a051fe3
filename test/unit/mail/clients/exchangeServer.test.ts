// The scripts for an Exchange server. They are read by the grammar of PowerShell that editors use; nobody here has an Exchange server
// that could run them, so what the cmdlets make of them is not proved.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { before, describe, it } from "node:test";
import type * as TreeSitter from "@vscode/tree-sitter-wasm";
import { clientProblem, clientsFor, configurationText } from "../../../../mail/clients/clients.ts";
import { exchangeServer } from "../../../../mail/clients/exchangeServer.ts";
import { clientSettings, type SenderOutput } from "../../../../mail/clients/settings.ts";

const require = createRequire(import.meta.url);
const OUTPUT: SenderOutput = {
  method: "connector",
  from: ["*@contoso.com"],
  host: "contoso-com.mail.protection.outlook.com",
  port: 25,
  certificateName: "mail.contoso.com",
  exchangeServer: true,
};
const settingsOf = (change: Partial<SenderOutput> = {}) =>
  clientSettings("exchange", { ...OUTPUT, ...change }, "prod");
const scripts = (change: Partial<SenderOutput> = {}): [setUp: string, check: string] => {
  const [setUp = "", check = ""] = exchangeServer.files(settingsOf(change)).map(({ text }) => text);
  return [setUp, check];
};

describe("the scripts for an Exchange server", () => {
  let parser: TreeSitter.Parser;
  before(async () => {
    const { Parser, Language } = require("@vscode/tree-sitter-wasm") as typeof TreeSitter;
    await Parser.init();
    parser = new Parser();
    const grammar = "@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm";
    parser.setLanguage(await Language.load(require.resolve(grammar)));
  });
  const isPowerShell = (text: string): boolean => !parser.parse(text)?.rootNode.hasError;

  /** The values that a script gives a cmdlet, as its hashtable has them. */
  const tableOf = (script: string, name: string): Readonly<Record<string, string>> => {
    const [, lines = ""] = new RegExp(`\\$${name} = @\\{\\n([^}]*)\\}`).exec(script) ?? [];
    return Object.fromEntries(
      [...lines.matchAll(/^\s+(\w+) = (.*)$/gm)].map(([, key = "", value = ""]) => [key, value]),
    );
  };

  it("are PowerShell, whatever names they have in them", () => {
    for (const change of [
      {},
      { certificateName: "*.contoso.com", host: "contoso-com.n-v1.mx.microsoft" },
      { from: ["o'brien@contoso.com"] },
    ]) {
      for (const text of scripts(change)) assert.ok(isPowerShell(text), text);
    }
    for (const wrong of ["if ($a { 1 }", "@{ a = }", "Get-Queue | | Format-List"]) {
      assert.ok(!isPowerShell(wrong), wrong);
    }
  });

  it("send what leaves to the tenant's host, over TLS with the certificate", () => {
    const [setUp] = scripts();
    const table = tableOf(setUp, "sendConnector");
    assert.equal(table.SmartHosts, "'contoso-com.mail.protection.outlook.com'");
    assert.equal(table.AddressSpaces, "'SMTP:*;1'");
    assert.deepEqual(
      [table.RequireTLS, table.TlsAuthLevel, table.TlsDomain, table.DNSRoutingEnabled],
      ["$true", "'DomainValidation'", "'mail.protection.outlook.com'", "$false"],
    );
    assert.equal(table.TlsCertificateName, "$tlsCertificateName");
    assert.match(
      setUp,
      /^\$tlsCertificateName = '<I>' \+ \$certificate\.Issuer \+ '<S>' \+ \$certificate\.Subject$/m,
    );
  });

  it("check the name of a host's certificate only where Microsoft says which it has", () => {
    const [setUp] = scripts({ host: "contoso-com.n-v1.mx.microsoft" });
    const { TlsAuthLevel, TlsDomain } = tableOf(setUp, "sendConnector");
    assert.deepEqual([TlsAuthLevel, TlsDomain], ["'CertificateValidation'", undefined]);
  });

  it("let in only who signs in over TLS, from addresses that a person has listed", () => {
    const [setUp] = scripts();
    const table = tableOf(setUp, "receiveConnector");
    assert.equal(table.PermissionGroups, "'ExchangeUsers'");
    assert.equal(table.AuthMechanism, "'Tls', 'BasicAuth', 'BasicAuthRequireTLS'");
    assert.deepEqual([table.RequireTLS, table.RemoteIPRanges], ["$true", "$applications"]);
    const code = setUp.replace(/^\s*#.*$/gm, "");
    assert.doesNotMatch(code, /Anonymous|ExternalAuthoritative|Add-ADPermission/i);
    assert.ok(
      code.indexOf("throw 'fill in $applications first'") < code.indexOf("Import-Exchange"),
    );
    assert.ok(code.indexOf("; disable it first'") < code.indexOf("Import-Exchange"));
  });

  it("have a source beside each cmdlet that writes", () => {
    const [setUp] = scripts();
    const code = setUp.replace(/^\s*#.*$/gm, "");
    const cmdlets = new Set(code.match(/\b(?:New(?!-Object)|Import|Enable)-\w+/g));
    assert.equal(cmdlets.size, 4);
    for (const cmdlet of cmdlets) {
      const page = `# https://learn.microsoft.com/powershell/module/exchangepowershell/${cmdlet.toLowerCase()}`;
      assert.ok(
        setUp.indexOf(page) >= 0 && setUp.indexOf(page) < setUp.indexOf(`${cmdlet} `),
        cmdlet,
      );
    }
  });

  it("make and import nothing that is there", () => {
    const [setUp] = scripts();
    const [certificate, sendConnector, receiveConnector] = [
      "Get-ExchangeCertificate | Where-Object { $_.Thumbprint -eq $file.Thumbprint }",
      "Get-SendConnector | Where-Object { $_.Name -eq 'Relay exchange to Microsoft 365' }",
      "Get-ReceiveConnector -Server $env:COMPUTERNAME | Where-Object { $_.Name -eq 'Relay exchange from applications' }",
    ].map((there) => setUp.indexOf(`if (-not (${there})) {`));
    const code = setUp.replace(/^\s*#.*$/gm, (line) => " ".repeat(line.length));
    const [imports, sends, receives] = ["Import-Exchange", "New-Send", "New-Receive"].map(
      (cmdlet) => code.indexOf(cmdlet),
    );
    const order = [certificate, imports, sendConnector, sends, receiveConnector, receives];
    assert.ok(!order.includes(-1), order.join());
    assert.deepEqual(
      order,
      order.toSorted((one = 0, other = 0) => one - other),
    );
  });

  it("warn of what lets anybody relay, and show which domains are relayed", () => {
    const [, check] = scripts();
    assert.match(check, /-not \$_\.Deny -and .* 'ms-Exch-SMTP-Accept-Any-Recipient'/);
    assert.match(
      check,
      /^Get-AcceptedDomain \| Format-Table -Property @\('DomainName', 'DomainType'\)$/m,
    );
  });

  it("write nothing when they check, but the message that is asked for", () => {
    const [, check] = scripts();
    const code = check.replace(/^\s*#.*$/gm, "");
    const writes = code.match(/\b(?:New|Set|Add|Remove|Enable|Import|Send)-\w+/g);
    assert.deepEqual(writes, ["Send-MailMessage"]);
    assert.ok(code.indexOf("if ($To -ne '')") < code.indexOf("Send-MailMessage"));
  });

  it("are for a sender that the stack file calls an Exchange server, and say that nobody here has run them", () => {
    const other = clientSettings("erp", { ...OUTPUT, exchangeServer: false }, "prod");
    assert.match(
      clientProblem(exchangeServer, other) ?? "",
      /set exchangeServer to true for it in the stack file/,
    );
    assert.ok(!clientsFor(other).includes(exchangeServer));
    const settings = settingsOf();
    assert.ok(clientsFor(settings).includes(exchangeServer));
    const text = configurationText(exchangeServer, settings, exchangeServer.files(settings));
    assert.match(text, /^# Exchange Server on the premises, .* \(not run by us\)$/m);
    assert.match(text, /Nobody here has run it on an Exchange server/);
  });
});
