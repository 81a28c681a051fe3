// Senders from a table: what is read, put together, added and refused. The file's way into a stack file is in stackEdit.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { sentence } from "../../../mail/problem.ts";
import { ImportError, sortEntries } from "../../../scripts/senders/import/importSenders.ts";
import { readSenderTable } from "../../../scripts/senders/import/read.ts";
import { importLines } from "../../../scripts/senders/import/run.ts";
import { TEMPLATE } from "../../../scripts/senders/import/template.ts";

const read = (text: string | Uint8Array) =>
  readSenderTable("a.csv", typeof text === "string" ? Buffer.from(text) : text, "global");
const writtenIn = (text: string | Uint8Array) => {
  const { entries, problems } = read(text);
  assert.deepEqual(problems.map(sentence), []);
  return entries.map(({ written }) => written);
};
const problemsIn = (text: string | Uint8Array) => read(text).problems.map(sentence);

const ERP = { name: "erp", from: ["erp@contoso.com"], authentication: ["oauth"] };
const HEAD = "name,from,authentication";

describe("a table of senders", () => {
  for (const [what, text] of [
    ["commas", `${HEAD}\nerp,erp@contoso.com,oauth\n`],
    [
      "semicolons and a byte order mark",
      `\ufeff${HEAD.replaceAll(",", ";")}\r\nerp;erp@contoso.com;oauth\r\n`,
    ],
    ["tabs", `${HEAD.replaceAll(",", "\t")}\nerp\terp@contoso.com\toauth`],
    [
      "names of columns in other letters",
      " Name ,FROM,Authen Tication\nERP,erp@contoso.com,OAuth\n",
    ],
    ["line breaks of an old Mac", `${HEAD}\rerp,erp@contoso.com,oauth\r`],
    [
      "the separator in a line above, for Excel",
      `\ufeffsep=;\r\n${HEAD.replaceAll(",", ";")};description\r\nerp;erp@contoso.com;oauth;\r\n`,
    ],
    ["empty rows and columns", `\n,,,,\n${HEAD},,\n,,,\nerp,erp@contoso.com,oauth,,\n\n`],
  ] as const) {
    it(`is read with ${what}`, () => assert.deepEqual(writtenIn(text), [ERP]));
  }

  it("is read as Excel's Unicode Text, in UTF-16", () =>
    assert.deepEqual(
      writtenIn(
        Buffer.from(
          `\ufeff${HEAD.replaceAll(",", "\t")}\r\nerp\terp@contoso.com\toauth`,
          "utf16le",
        ),
      ),
      [ERP],
    ));

  it("is read in UTF-16 with the other order of octets", () =>
    assert.deepEqual(
      writtenIn(Buffer.from(`\ufeff${HEAD}\nerp,erp@contoso.com,oauth`, "utf16le").swap16()),
      [ERP],
    ));

  it("has the words above a column in messages, but nothing that may be secret", () => {
    const named = (title: string) =>
      problemsIn(`${HEAD},${title}\nerp,erp@contoso.com,oauth,x\n`)[0];
    assert.match(
      named("IP address (public)") ?? "",
      /^a.csv, line 1, column D: "IP address \(public\)" is not a key/,
    );
    assert.match(named("pa55 w0rd") ?? "", /^a.csv, line 1, column D: is not a key/);
  });

  it("has lists with spaces, semicolons and line breaks between their entries", () => {
    const [entry] = writtenIn(
      `${HEAD},egress\nfax,"a@contoso.com; b@contoso.com\nc@contoso.com",oauth staticIp,\n`,
    );
    assert.deepEqual(entry?.from, ["a@contoso.com", "b@contoso.com", "c@contoso.com"]);
    assert.deepEqual(entry?.authentication, ["oauth", "staticIp"]);
  });

  it("has numbers and truth values as spreadsheets write them", () => {
    const columns = `${HEAD};external;largestMessageMB;port25;messagesPerDay`.replaceAll(",", ";");
    const [one, other] = writtenIn(
      `${columns}\na;a@contoso.com;oauth;0,125;2,5;TRUE;40\nb;b@contoso.com;oauth;7%;3;no;1\n`,
    );
    assert.deepEqual(
      [one?.external, one?.largestMessageMB, one?.port25, one?.messagesPerDay],
      [0.125, 2.5, true, 40],
    );
    assert.deepEqual([other?.external, other?.port25], [0.07, false]);
  });

  it("has truth values in the language of a spreadsheet", () => {
    const truthOf = (word: string) =>
      writtenIn(`${HEAD},port25\na,a@contoso.com,oauth,${word}\n`)[0]?.port25;
    for (const word of ["WAHR", "ja", "Oui", "VRAI", "Sí", "waar"])
      assert.equal(truthOf(word), true);
    for (const word of ["FALSCH", "nein", "non", "FAUX", "Nee"]) assert.equal(truthOf(word), false);
    assert.deepEqual(problemsIn(`${HEAD},port25\na,a@contoso.com,oauth,x\n`), [
      'a.csv, line 2, column port25: "x" is not true or false; use true or false',
    ]);
  });

  it("has names as people write them, also of the sender in front", () => {
    const namesOf = (...names: string[]) =>
      writtenIn(
        `${HEAD};via\n`.replaceAll(",", ";") +
          names.map((name) => `${name};a@contoso.com;none;${name}`).join("\n"),
      ).map(({ name, via }) => [name, via]);
    for (const [written, name] of [
      ["Drucker Süd (2. OG)", "drucker-sued-2-og"],
      ["HP/Canon_Étage 3", "hp-canon-etage-3"],
      ["Kontoret på Ærø", "kontoret-paa-aeroe"],
      ["Su\u0308d", "sued"],
    ] as const) {
      assert.deepEqual(namesOf(written), [[name, name]]);
    }
    // Of what is no name, nothing is made.
    for (const name of ["=A1", "#REF!", "打印机1"]) {
      const [problem] = problemsIn(`${HEAD}\n${name},a@contoso.com,oauth\n`);
      assert.ok(
        problem?.startsWith(`a.csv, line 2, column name: ${JSON.stringify(name)} is not`),
        problem,
      );
    }
  });

  it("has allowed values with spaces and hyphens in them", () => {
    const [one, other] = writtenIn(
      `${HEAD},egress,runsOn\na,a@contoso.com,Static IP,198.51.100.7,On-premises\nb,b@contoso.com,"oauth password, static-ip",198.51.100.8,google cloud\n`,
    );
    assert.deepEqual([one?.authentication, one?.runsOn], [["staticIp"], "onPremises"]);
    assert.deepEqual(other?.authentication, ["oauth", "password", "staticIp"]);
    assert.equal(other?.runsOn, "googleCloud");
  });

  it("has thousands with a space or an apostrophe", () => {
    for (const number of ["1 200", "1\u00a0200", "1\u202f200", "1'200", "1’200"]) {
      const [entry] = writtenIn(`${HEAD},messagesPerDay\na,a@contoso.com,oauth,${number}\n`);
      assert.equal(entry?.messagesPerDay, 1200, number);
    }
    const [problem] = problemsIn(`${HEAD},messagesPerDay\na,a@contoso.com,oauth,12 00\n`);
    assert.match(problem ?? "", /column messagesPerDay: "12 00" is not a number/);
  });

  it("takes no thousands separator for a decimal point", () => {
    const columns = `${HEAD};messagesPerDay;largestMessageMB`.replaceAll(",", ";");
    assert.deepEqual(problemsIn(`sep=;\n${columns}\na;a@contoso.com;oauth;1.000;1.500\n`), [
      'a.csv, line 3, column messagesPerDay: "1.000" has a thousands separator, or three decimals; write it without a separator, 1000',
      'a.csv, line 3, column largestMessageMB: "1.500" has a thousands separator, or three decimals; write it without a separator, 1500',
    ]);
  });

  it("has keys of an object after a dot, and a certificate with its lines", () => {
    const [shop] = writtenIn(
      `${HEAD},federatedIdentity.issuer,federatedIdentity.subject,federatedIdentity.audience\nshop,a@contoso.com,oauth,https://token.example,repo:a/b,\n`,
    );
    assert.deepEqual(shop?.federatedIdentity, {
      issuer: "https://token.example",
      subject: "repo:a/b",
    });
    const text = problemsIn(
      `${HEAD},signInCertificate\nshop,a@contoso.com,oauth,"-----BEGIN CERTIFICATE-----\r\nAAAA"\n`,
    );
    assert.match(text.join(), /line 2, column signInCertificate: /);
  });

  it("has formulas of a spreadsheet as text", () => {
    const [entry] = writtenIn(
      `${HEAD},description\nerp,erp@contoso.com,oauth,"=cmd|' /C calc'!A0"\n`,
    );
    assert.equal(entry?.description, "=cmd|' /C calc'!A0");
  });

  it("has descriptions of one line, which colour no terminal", () => {
    const [entry] = writtenIn(
      `${HEAD},description\nerp,erp@contoso.com,oauth,"The „ERP“\r\nof Delft"\n`,
    );
    assert.equal(entry?.description, "The „ERP“ of Delft");
    assert.deepEqual(problemsIn(`${HEAD},description\nerp,erp@contoso.com,oauth,\u001b[31mERP\n`), [
      'a.csv, line 2, column description: "\\u001b[31mERP" has the invisible character U+001B; delete this character',
    ]);
  });

  it("is told everything that is wrong with it, each at its line and column", () => {
    assert.deepEqual(
      problemsIn(
        `name,frm,authentication,egres,colour,messagesPerDay\n\na,x,staticIp,10.0.0.1,red,"1,200"\n"b",b@contoso.com,"oauth\npasword",,,\n`,
      ).map((line) => line.replace(/(delete it, or) .*/, "$1 …")),
      [
        'a.csv, line 1, column B: "frm" is not a key of a sender; rename it to from',
        'a.csv, line 1, column D: "egres" is not a key of a sender; rename it to egress',
        'a.csv, line 1, column E: "colour" is not a key of a sender; delete it, or …',
        'a.csv, line 3, column from: "x" is not an email address; use an address such as "invoices@contoso.com", or "*@contoso.com" for every address of the domain',
        'a.csv, line 3, column egress: "10.0.0.1" is a private address, which Exchange never sees; list the public IPv4 addresses that your servers connect from, e.g. "198.51.100.7" or "198.51.100.0/28"',
        'a.csv, line 3, column messagesPerDay: "1,200" has a thousands separator, or three decimals; write it without a separator, 1200',
        'a.csv, line 4, column authentication: "pasword" is not an allowed value; use one of oauth, certificate, staticIp, password, none',
      ],
    );
  });

  for (const [what, text, words] of [
    ["that is empty", "\n;;\n", /^a.csv: is empty; /],
    ["with names alone", `${HEAD}\n`, /^a.csv: has no row below the names of its columns; /],
    [
      "without a column that each sender needs",
      "name,from\na,a@contoso.com\n",
      /^a.csv, line 1: has no column authentication; add it, e.g. with "oauth"$/,
    ],
    [
      "with a column twice",
      `${HEAD},Name\na,a@contoso.com,oauth,b\n`,
      /^a.csv, line 1, column D: "Name" is the name of another column too; /,
    ],
    [
      "with values below no name",
      `${HEAD},\na,a@contoso.com,oauth,b\n`,
      /column D: has values \(line 2\) and no name; /,
    ],
    [
      "with more cells than columns",
      `${HEAD}\na,a@contoso.com,oauth,b\n`,
      /^a.csv, line 2: has more cells than there are columns \(3\); /,
    ],
    [
      "with a name twice",
      `${HEAD}\na,a@contoso.com,oauth\na,b@contoso.com,oauth\n`,
      /^a.csv, line 3, column name: "a" is already the name of another sender; /,
    ],
    [
      "with a quote that nothing closes",
      `${HEAD}\na,"a@contoso.com,oauth\n`,
      /line 2: begins a cell with a quote that is never closed; /,
    ],
    [
      "with a quote in the middle of a cell",
      `${HEAD}\na,a"b,oauth\n`,
      /line 2: has a quote within a cell that has none around it; /,
    ],
    [
      "with text after a quote",
      `${HEAD}\na,"a"b,oauth\n`,
      /line 2: has text after the closing quote of a cell; /,
    ],
    ["with a NUL character", `${HEAD}\na,\0,oauth\n`, /^a.csv, line 2: has a NUL character/],
    [
      "with a million columns",
      `${"a,".repeat(1e6)}\n`,
      /^a.csv, line 1: has more than 50,000 characters; /,
    ],
    [
      "with 10,001 rows",
      `${HEAD}\n${"a,a@contoso.com,oauth\n".repeat(10_001)}`,
      /^a.csv: has more than 10,000 rows; /,
    ],
    [
      "in another encoding",
      Buffer.from("name\r\nDüsseldorf\r\n", "latin1"),
      /^a.csv, line 2: has an octet that is no text in UTF-8; in Excel .*, in LibreOffice the character set UTF-8$/,
    ],
    [
      "that is a workbook",
      Buffer.from("PK\u0003\u0004"),
      /^a.csv: is a workbook or another archive; in Excel/,
    ],
  ] as const) {
    it(`is refused ${what}`, () => {
      const problems = problemsIn(text);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", words);
    });
  }

  it("never fails otherwise, whatever is in the file", () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom("name", "from", ";", ",", '"', "\n", "\r", "\0"),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 40 }), (parts) => {
        read(parts.join(""));
        read(`${HEAD}\n${parts.join("")}`);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(bytes)));
  });
});

const printer = (name: string, egress: string, more = "") =>
  `${name},scan@contoso.com,staticIp,${egress},40${more}`;
const PRINTERS = "name,from,authentication,egress,messagesPerDay";

describe("rows that connect from one address", () => {
  it("are one sender, with the addresses and the sums of all", () => {
    const [one, other, ...rest] = writtenIn(
      `${PRINTERS},description,external\n${printer("delft-01", "198.51.100.8", ",Printers,0.5")}\n${printer("delft-02", "198.51.100.8", ",Printers,0")}\nfax,fax@contoso.com,staticIp,198.51.100.9,2,,\n`,
    );
    assert.deepEqual(rest, []);
    assert.deepEqual(one, {
      name: "delft",
      description: "Printers (2 senders behind one address)",
      from: ["scan@contoso.com"],
      authentication: ["staticIp"],
      egress: ["198.51.100.8"],
      messagesPerDay: 80,
      external: 0.25,
    });
    assert.equal(other?.name, "fax");
  });

  it("have the largest message, the strictest purpose and the most careful recipients of all", () => {
    const more = "largestMessageMB,purpose,urgency,internalRecipients";
    const [one, ...rest] = writtenIn(
      `${PRINTERS},${more}\n${printer("a", "198.51.100.8", ",2,,deferrable,groups")}\n${printer("b", "198.51.100.8", ",8,bulk,,mailboxes")}\n`,
    );
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [one?.largestMessageMB, one?.purpose, one?.urgency, one?.internalRecipients],
      [8, "bulk", "immediate", "groups"],
    );
  });

  it("have the name of the first where their names have nothing in common, or others have the same in common", () => {
    const rows = [
      printer("printer-1", "198.51.100.8"),
      printer("printer-2", "198.51.100.8"),
      printer("printer-3", "198.51.100.9"),
      printer("printer-4", "198.51.100.9"),
      printer("mono", "198.51.100.10"),
      printer("colour", "198.51.100.10"),
    ];
    const names = writtenIn(`${PRINTERS}\n${rows.join("\n")}\n`).map(({ name }) => name);
    assert.deepEqual(names, ["printer-1", "printer-3", "mono"]);
  });

  for (const [names, stem] of [
    [["delft-01", "delft-02"], "delft"],
    [["printer-3-3", "printer-3-11"], "printer-3"],
    [["printer1", "printer12"], "printer"],
    [["hall-printer", "hall-prism"], "hall"],
    [["a-1", "a-2"], "a-1"],
  ] as const) {
    it(`have the words in common that ${names.join(" and ")} begin with: ${stem}`, () => {
      const rows = names.map((name) => printer(name, "198.51.100.8"));
      assert.equal(writtenIn(`${PRINTERS}\n${rows.join("\n")}\n`)[0]?.name, stem);
    });
  }

  it("stay apart where they present certificates, sign in, or send through another one", () => {
    const names = writtenIn(
      `${PRINTERS},certificateName,via\na,a@contoso.com,certificate,198.51.100.8,,a.contoso.com,\nb,b@contoso.com,certificate,198.51.100.8,,b.contoso.com,\nc,c@contoso.com,none,,,,a\nd,d@contoso.com,none,,,,a\n`,
    ).map(({ name }) => name);
    assert.deepEqual(names, ["a", "b", "c", "d"]);
  });

  it("are refused where they differ in what only one sender can have", () => {
    assert.deepEqual(
      problemsIn(
        `${PRINTERS},requireTls\n${printer("a", "198.51.100.8", ",")}\n${printer("b", "198.51.100.8", ",FALSE")}\n`,
      ),
      [
        "a.csv, line 3, column requireTls: false is not what line 2 has (nothing), and Exchange can't tell the two apart: both connect from 198.51.100.8; give both rows the same value",
      ],
    );
  });
});

const STACK = {
  "azuread:tenantId": "00000000-0000-0000-0000-000000000000",
  "m365-smtp-relay:domains": JSON.stringify([{ name: "contoso.com" }]),
  "m365-smtp-relay:senders": JSON.stringify([
    { name: "erp", from: ["erp@contoso.com"], authentication: ["oauth"], description: "ERP" },
    {
      name: "printers",
      from: ["scan@contoso.com"],
      authentication: ["staticIp"],
      egress: ["198.51.100.8"],
      messagesPerDay: 80,
    },
  ]),
};
const sorted = (text: string) => {
  const { added, unchanged, problems } = sortEntries(read(text), "a.csv", STACK, "prod");
  return {
    added: added.map(({ sender }) => sender.name),
    unchanged: unchanged.map(({ sender }) => sender.name),
    problems: problems.map(sentence),
  };
};

describe("senders that a stack file has", () => {
  it("are passed over where a row says the same, by the name or, of rows together, by the address", () =>
    assert.deepEqual(
      sorted(
        `${PRINTERS}\nerp,erp@contoso.com,oauth,,\n${printer("delft-1", "198.51.100.8")}\n${printer("delft-2", "198.51.100.8")}\nnew,new@contoso.com,oauth,,\n`,
      ),
      { added: ["new"], unchanged: ["erp", "delft"], problems: [] },
    ));

  it("are not changed: a row that says something else is refused", () => {
    const { problems } = sorted(
      `${PRINTERS}\nerp,erp@contoso.com,oauth,,7\n${printer("delft-1", "198.51.100.8")}\n${printer("delft-2", "198.51.100.8")}\n${printer("delft-3", "198.51.100.8")}\n`,
    );
    assert.deepEqual(problems, [
      'a.csv, line 2, column messagesPerDay: 7 is not what sender "erp" of the stack has (nothing); change it in the stack file, or make the row equal: an import only adds senders',
      'a.csv, line 3, column messagesPerDay: 120 is what 3 rows amount to, and is not what sender "printers" of the stack has (80); change it in the stack file, or make the row equal: an import only adds senders',
    ]);
  });

  it("are judged together with the new ones, which are named by their lines", () => {
    const { problems } = sorted(
      `${PRINTERS}\n${printer("one", "198.51.100.8")}\nother,x@fabrikam.com,staticIp,198.51.100.9,3\nanother,y@contoso.com,staticIp,198.51.100.9,3\nlost,z@contoso.com,none,,\n`,
    );
    assert.equal(problems.length, 3, problems.join("\n"));
    assert.match(
      problems.join("\n"),
      /^a.csv, line 2, column egress: .* make them one sender, "printers"/m,
    );
    assert.match(
      problems.join("\n"),
      /^a.csv, line 3, column from: "x@fabrikam.com" is in none of the stack's domains/m,
    );
    assert.match(
      problems.join("\n"),
      /^a.csv, line 5, column authentication: .* leaves the sender no submission method/m,
    );
  });

  it("may be the template's", () =>
    assert.deepEqual(sorted(TEMPLATE.replaceAll("198.51.100.8", "198.51.100.10")), {
      added: ["delft-printer", "shop"],
      unchanged: [],
      problems: [],
    }));
});

describe("what became of an import", () => {
  it("counts rows and senders as people do", () => {
    const lines = (text: string, rows: number) =>
      importLines(
        { ...sortEntries(read(text), "a.csv", STACK, "prod"), rows, file: undefined },
        { path: "x/a.csv", stack: "prod" },
      );
    const one = `${PRINTERS}\n${printer("delft-1", "198.51.100.9")}\n`;
    const two = `${one}${printer("delft-2", "198.51.100.9")}\n`;
    assert.deepEqual(lines(one, 1), ["a.csv has 1 row", 'to add: sender "delft-1"']);
    assert.deepEqual(lines(two, 2), [
      "a.csv has 2 rows; Exchange takes them for one sender",
      'to add: sender "delft"',
    ]);
    assert.deepEqual(lines(`${two}new,new@contoso.com,oauth,,\n`, 3).slice(0, 1), [
      "a.csv has 3 rows; Exchange tells 2 senders apart",
    ]);
  });

  it("counts a problem once that two rules find", () => {
    const text = `${HEAD}\na,a@contoso.com,oauth\na,b@contoso.com,oauth\n`;
    const { problems } = sortEntries(read(text), "a.csv", STACK, "prod");
    const { message } = new ImportError("a.csv", problems);
    assert.equal(
      message,
      '1 problem in a.csv; nothing was written:\n  a.csv, line 3, column name: "a" is already the name of another sender; give each sender its own name',
    );
  });
});
