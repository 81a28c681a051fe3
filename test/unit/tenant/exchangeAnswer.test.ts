import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readPage } from "../../../tenant/exchangeAnswer.ts";
import {
  ExchangeError,
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
  isTransient,
} from "../../../tenant/exchangeError.ts";

const NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
const WORDS = "The operation couldn't be performed because object 'x' couldn't be found on 'DC1'.";

describe("a page of Exchange", () => {
  const none: [string, string][] = [
    ["an empty list", '{"value":[]}'],
    ["null in a list", '{"value":[null]}'],
    ["an empty object in a list", '{"value":[{}]}'],
    ["several of both", '{"value":[null,{},null,{}]}'],
    [
      "an object with annotations alone",
      '{"value":[{"@odata.type":"#X","Guid@odata.type":"#Guid"}]}',
    ],
    ["no value", '{"@adminapi.warnings":[]}'],
    ["null for the value", '{"value":null}'],
    ["an empty object for the value", '{"value":{}}'],
    ["an empty text for the value", '{"value":""}'],
    ["texts in a list", '{"value":["","x"]}'],
    ["an empty page", "{}"],
    ["an empty list without a page", "[]"],
    ["null in a list without a page", "[null,{}]"],
    ["an empty list in a list", '{"value":[[]]}'],
    ["errors that are null or empty", '{"value":[],"@adminapi.errors":[null,{}]}'],
    ["an empty body", ""],
    ["a body of blanks", " \r\n"],
  ];
  for (const [what, body] of none) {
    it(`holds no object: ${what}`, () => {
      assert.deepEqual(readPage("Get-X", body), { value: [], warnings: [], nextLink: undefined });
    });
  }

  it("holds the objects with a property, also one that is null or false", () => {
    const objects = [{ Name: "a" }, { Enabled: false }, { Scope: null }];
    const body = JSON.stringify({ value: [null, objects[0], {}, objects[1], objects[2]] });
    assert.deepEqual(readPage("Get-X", body).value, objects);
    assert.deepEqual(readPage("Get-X", '{"value":{"Name":"a"}}').value, [{ Name: "a" }]);
  });

  it("has warnings as a list, whether Exchange sends one, a text or null", () => {
    const warningsOf = (json: unknown) =>
      readPage("Get-X", JSON.stringify({ "@adminapi.warnings": json, value: [] })).warnings;
    assert.deepEqual(warningsOf(["a", "b"]), ["a", "b"]);
    assert.deepEqual(warningsOf("a"), ["a"]);
    assert.deepEqual(warningsOf(null), []);
  });

  it("holds the objects of a list without a page, and of a list in a list", () => {
    for (const body of [
      '[{"Name":"a"}]',
      '{"value":[[{"Name":"a"}]]}',
      '{"Value":[{"Name":"a"}]}',
    ]) {
      assert.deepEqual(readPage("Get-X", body).value, [{ Name: "a" }], body);
    }
  });

  it("names the next page in each version of OData", () => {
    for (const name of ["@odata.nextLink", "odata.nextLink", "@nextLink", "@odata.nextlink"]) {
      const body = JSON.stringify({ value: [], [name]: "https://x.example/2" });
      assert.equal(readPage("Get-X", body).nextLink, "https://x.example/2", name);
    }
  });

  for (const body of [
    ...["null", "7", "[]x", "<html>", "You have reached"],
    ...['{"Name":"a","Guid":"b"}', '{"d":{"results":[{"Name":"a"}]}}', '{"status":"ok"}'],
  ]) {
    it(`is not, and is not taken for "none": ${body}`, () => {
      assert.throws(
        () => readPage("Get-X", body),
        (error) =>
          error instanceof Error &&
          !(error instanceof ExchangeError) &&
          error.message === "what came is not an answer of Exchange's admin API",
      );
    });
  }
});

describe("an error in a page", () => {
  const errorOf = (errors: unknown, cmdlet = "Get-X"): ExchangeError => {
    const body = JSON.stringify({ value: [{ Name: "a" }], "@adminapi.errors": errors });
    try {
      readPage(cmdlet, body);
    } catch (error) {
      if (error instanceof ExchangeError) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  it("is none when the list is empty or null", () => {
    for (const errors of [[], null, ""]) {
      const body = JSON.stringify({ value: [{ Name: "a" }], "@adminapi.errors": errors });
      assert.equal(readPage("Get-X", body).value.length, 1);
    }
  });

  const shapes: [string, unknown][] = [
    ["with pipes", [`Ex6F9304|${NOT_FOUND}|${WORDS}`]],
    ["with pipes, without a code", [`|${NOT_FOUND}|${WORDS}`]],
    ["with brackets", [`[Ex6F9304]|${NOT_FOUND}|${WORDS}`]],
    ["as JSON", [JSON.stringify({ Message: WORDS, TypeName: NOT_FOUND })]],
    [
      "as JSON around pipes",
      [JSON.stringify({ Message: `|${NOT_FOUND}|${WORDS}`, ExceptionType: "x" })],
    ],
    ["as an object", [{ Message: WORDS, ClassName: NOT_FOUND }]],
    ["as one text", `|${NOT_FOUND}|${WORDS}`],
    ["in words alone", [WORDS]],
  ];
  for (const [what, errors] of shapes) {
    it(`is read by its type: ${what}`, () => {
      const error = errorOf(errors);
      assert.deepEqual([isNotFound(error), error.message], [true, `Get-X: ${WORDS}`]);
      assert.equal(error.status, 200);
    });
  }

  const places: [string, object][] = [
    ["in another letter case", { value: [], "@AdminApi.Errors": [`|${NOT_FOUND}|${WORDS}`] }],
    ["in an object of the list", { value: [{ "@adminapi.errors": [`|${NOT_FOUND}|${WORDS}`] }] }],
    [
      "beside an object's own members",
      { value: [{ Name: "a", "@odata.error": { message: WORDS } }] },
    ],
    ["as OData's error", { error: { code: "x", message: `|${NOT_FOUND}|${WORDS}` } }],
    ["as OData's error beside an empty list", { value: [], error: { message: WORDS } }],
    ["as an error in the stream", { value: [], "@odata.error": { code: "x", message: WORDS } }],
    ["as that of an older OData", { "odata.error": { message: { lang: "en", value: WORDS } } }],
    ["as a list of errors", { value: [], errors: [{ message: WORDS }] }],
  ];
  for (const [where, body] of places) {
    it(`is seen wherever it stands: ${where}`, () => {
      assert.throws(
        () => readPage("Get-X", JSON.stringify(body)),
        (error) => isNotFound(error) && (error as Error).message === `Get-X: ${WORDS}`,
      );
    });
  }

  it("is not seen in what an object itself calls errors", () => {
    const object = { Name: "a", Errors: ["x"], error: "y" };
    assert.deepEqual(readPage("Get-X", JSON.stringify({ value: [object] })).value, [object]);
  });

  it("is transient, or says that a name is taken, by the same types", () => {
    assert.equal(isTransient(errorOf(["|a.b.ServerBusyException|later"])), true);
    assert.equal(isAlreadyThere(errorOf(["|a.ADObjectAlreadyExistsException|x"], "New-X")), true);
  });

  it("is one message when there are several", () => {
    assert.equal(
      errorOf(["|a.T|one", "two", ""]).message,
      "Get-X: one; two; an error without words",
    );
  });

  it("of a cmdlet that writes: nobody knows how much of it was done", () => {
    for (const cmdlet of ["New-X", "Set-X", "Remove-X", "Add-X"]) {
      assert.equal(isOutcomeUnknown(errorOf(["|a.T|x"], cmdlet)), true, cmdlet);
    }
    for (const cmdlet of ["Get-X", "Test-X"]) {
      assert.equal(isOutcomeUnknown(errorOf(["|a.T|x"], cmdlet)), false, cmdlet);
    }
  });
});
