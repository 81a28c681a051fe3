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

  for (const body of ["null", "7", "[]x", "<html>", "You have reached"]) {
    it(`is not: ${body}`, () => {
      assert.throws(
        () => readPage("Get-X", body),
        (error) => !(error instanceof ExchangeError),
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
