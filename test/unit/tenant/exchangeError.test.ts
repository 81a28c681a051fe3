import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readReplies } from "../../../lab/src/replyFiles.ts";
import {
  ExchangeError,
  isAlreadyThere,
  isNotFound,
  isOutcomeUnknown,
  isTransient,
  readError,
} from "../../../tenant/exchangeError.ts";

const NOT_FOUND = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
const EXISTS = "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException";

/** An error body; `text` stands in details and, under `key`, in the inner error. */
const bodyOf = ({ details, inner, key = "internalexception" }: Parts) =>
  JSON.stringify({
    error: {
      code: "BadRequest",
      message: "Error executing cmdlet",
      ...(details !== undefined && { details: [{ code: "Context", message: details }] }),
      innererror: { message: "Error executing cmdlet", ...(inner && { [key]: inner }) },
    },
  });
interface Parts {
  details?: string;
  inner?: { message?: string; type?: string };
  key?: string;
}

const read = (body: string, status = 400, headers: Record<string, string> = {}) =>
  readError("Get-InboundConnector", status, body, new Headers(headers));

describe("an error of Exchange", () => {
  it("code, type and words divided by pipes are separated", () => {
    const error = read(bodyOf({ details: `Ex6F9304|${NOT_FOUND}|The object 'x' isn't there.` }));
    assert.equal(error.type, "ManagementObjectNotFoundException");
    assert.equal(error.message, "Get-InboundConnector: The object 'x' isn't there.");
    assert.deepEqual([error.cmdlet, error.status], ["Get-InboundConnector", 400]);
  });

  it("the code before the first pipe may be missing", () => {
    const error = read(bodyOf({ details: `|a.b.AmbiguousParameterSetException|No. Nonsense` }));
    assert.equal(error.type, "AmbiguousParameterSetException");
    assert.equal(error.message, "Get-InboundConnector: No. Nonsense");
  });

  it("words may hold pipes and line breaks themselves", () => {
    const error = read(bodyOf({ details: "Ex1|a.b.T|one | two\nthree" }));
    assert.deepEqual([error.type, error.message], ["T", "Get-InboundConnector: one | two\nthree"]);
  });

  it("a JSON string inside the string is read", () => {
    const text = { Message: "The object 'CN=x' already exists.", TypeName: EXISTS };
    const error = read(bodyOf({ details: JSON.stringify({ ...text, StackTrace: null }) }));
    assert.equal(error.type, "ADObjectAlreadyExistsException");
    assert.equal(error.message, "Get-InboundConnector: The object 'CN=x' already exists.");
  });

  for (const key of ["internalexception", "internalException", "InternalException"]) {
    it(`without details the words come from ${key}`, () => {
      const error = read(bodyOf({ inner: { message: `E|${NOT_FOUND}|gone` }, key }));
      assert.deepEqual([isNotFound(error), error.message], [true, "Get-InboundConnector: gone"]);
    });
  }

  it("an inner exception without words still gives the type", () => {
    assert.equal(isNotFound(read(bodyOf({ inner: { type: NOT_FOUND } }))), true);
  });

  it("where details tell words alone, the type comes from the inner exception", () => {
    const error = read(bodyOf({ details: "The object isn't there.", inner: { type: NOT_FOUND } }));
    assert.deepEqual(
      [isNotFound(error), error.message],
      [true, "Get-InboundConnector: The object isn't there."],
    );
    const inner = { message: `E|${NOT_FOUND}|gone`, type: "x.Other" };
    const both = read(bodyOf({ details: "No pipes here", inner }));
    assert.deepEqual([isNotFound(both), both.message], [true, "Get-InboundConnector: gone"]);
  });

  const odd: [string, string][] = [
    ['{"error":null}', "HTTP 400"],
    ['{"error":"words"}', "words"],
    ['{"Message":"words"}', "words"],
    ['{"error":[]}', "HTTP 400"],
    ['{"error":{"message":{}}}', "HTTP 400"],
    ['{"error":{"message":" "}}', "HTTP 400"],
    ['{"error":{"message":"words","details":"no list"}}', "words"],
    ['{"error":{"message":"words","details":{"length":1}}}', "words"],
    [
      '{"error":{"message":"words","details":[null,7,"x",{"message":null},{"message":""}]}}',
      "words",
    ],
    ['{"error":{"message":"words","innererror":null}}', "words"],
    ['{"error":{"message":"words","innererror":{"internalexception":"x"}}}', "words"],
    ['{"error":{"message":"null"}}', "null"],
    ['{"ERROR":{"Message":"words"}}', "words"],
    ['{"odata.error":{"code":"","message":{"lang":"en-US","value":"words"}}}', "words"],
    ['{"error":{"message":{"lang":"en-US","value":"words"}}}', "words"],
    ['[{"message":"words"}]', "words"],
    ['{"errors":[{"message":"words"}]}', "words"],
    ['{"@adminapi.errors":["words"]}', "words"],
    ['{"title":"Bad Request","detail":"words"}', "words"],
    ['{"error_description":"words"}', "words"],
    [JSON.stringify('{"error":{"message":"words"}}'), "words"],
  ];
  for (const [body, words] of odd) {
    it(`the odd body ${body} is reported as "${words}"`, () => {
      const error = read(body);
      assert.deepEqual([error.type, error.message], ["", `Get-InboundConnector: ${words}`]);
    });
  }

  it("where there is nothing but the generic message, that is reported", () => {
    const error = read(JSON.stringify({ error: { message: "Invalid Operation" } }));
    assert.deepEqual([error.type, error.message], ["", "Get-InboundConnector: Invalid Operation"]);
  });

  for (const [body, words] of [
    ["You have reached a limit.", "You have reached a limit."],
    ['"You have reached a limit."', "You have reached a limit."],
    ["\r\n one\n two \0\0", "one\n two"],
    [`|${EXISTS}|It exists.`, "It exists."],
    ["x".repeat(4000), "x".repeat(500)],
  ] as const) {
    it(`a body without JSON is its own message: ${JSON.stringify(body.slice(0, 20))}`, () => {
      assert.equal(read(body).message, `Get-InboundConnector: ${words}`);
    });
  }

  it("the exception of a body that names none is in X-ExceptionType", () => {
    const header = { "X-ExceptionType": "ManagementObjectNotFoundException" };
    for (const body of ["It isn't there.", bodyOf({ details: "It isn't there." }), ""]) {
      assert.ok(isNotFound(read(body, 400, header)), body);
    }
    assert.ok(isNotFound(read("", 404, { "X-ExceptionType": NOT_FOUND })));
    const named = read(bodyOf({ details: `|${EXISTS}|x` }), 400, header);
    assert.equal(named.type, "ADObjectAlreadyExistsException");
    const inner = { message: "It isn't there.", type: "System.Exception" };
    assert.ok(isNotFound(read(bodyOf({ details: "It isn't there.", inner }), 400, header)));
  });

  it("an object that isn't there is known by Exchange's words, where nothing names the exception", () => {
    const words =
      "The operation couldn't be performed because object 'x' couldn't be found on 'y'.";
    assert.ok(isNotFound(read(words)));
    const known = [...readReplies().values()].filter(
      ({ as }) => as !== undefined && "type" in as && as.type === NOT_FOUND,
    );
    assert.ok(known.length > 2);
    for (const { text = "" } of known) assert.ok(isNotFound(read(text)), text);
    assert.ok(!isNotFound(read(`|a.b.Other|${words}`)));
    assert.ok(!isNotFound(read("The server couldn't be found.")));
  });

  it("JSON around words with pipes: the words end where they end", () => {
    const details = JSON.stringify({ Message: `|${NOT_FOUND}|gone`, ExceptionType: NOT_FOUND });
    const error = read(bodyOf({ details }));
    assert.deepEqual([isNotFound(error), error.message], [true, "Get-InboundConnector: gone"]);
    const plain = JSON.stringify({ Message: "gone", ExceptionType: NOT_FOUND });
    assert.deepEqual(read(bodyOf({ details: plain })).message, "Get-InboundConnector: gone");
    assert.ok(isNotFound(read(bodyOf({ details: plain }))));
  });

  it("the exception may be the code of an error", () => {
    const error = read(
      '{"error":{"code":"ManagementObjectNotFoundException","message":"gone"}}',
      404,
    );
    assert.ok(isNotFound(error));
    assert.equal(read('{"error":{"code":"BadRequest","message":"no"}}').type, "");
  });

  it("words that hold pipes are no exception's name", () => {
    const error = read(bodyOf({ details: "Use a | b | c" }));
    assert.deepEqual([error.type, error.message], ["", "Get-InboundConnector: Use a | b | c"]);
  });

  const unreadable = ["", "\0".repeat(4096), "<html>Bad gateway</html>", "null", "7", '""'];
  for (const body of unreadable) {
    it(`a body of ${JSON.stringify(body.slice(0, 12))} (${body.length}) tells the status`, () => {
      assert.equal(read(body).message, "Get-InboundConnector: HTTP 400");
    });
  }

  it("a run of NUL bytes: the reason is in x-ms-diagnostics", () => {
    const diagnostics = { "x-ms-diagnostics": '2000003;reason="No role here.";error_category="x"' };
    const error = read("\0".repeat(4096), 403, diagnostics);
    assert.match(error.message, /^Get-InboundConnector: No role here\.; /);
  });

  it("401 says which permission, 403 which role is missing", () => {
    assert.match(read("", 401).message, /Exchange\.ManageAsApp .*admin consent$/);
    assert.match(read("", 403).message, /Exchange Administrator .*up to an hour/);
  });

  const waits: [string | undefined, number | undefined][] = [
    ["1", 1000],
    ["120", 120_000],
    ["0", undefined],
    ["-5", undefined],
    ["soon", undefined],
    [undefined, undefined],
    ["Sat, 28 Nov 2026 14:22:46 GMT", 30_000],
    ["Sat, 28 Nov 2026 14:22:06 GMT", undefined],
    ["Sat, 28 Nov", undefined],
  ];
  const now = "Sat, 28 Nov 2026 14:22:16 GMT";
  for (const [given, wait] of waits) {
    it(`Retry-After ${given ?? "missing"} asks for ${wait ?? "no certain"} milliseconds`, () => {
      const headers = given === undefined ? {} : { Date: now, "Retry-After": given };
      assert.equal(read("", 429, headers).retryAfter, wait);
    });
  }
});

describe("what a caller decides by", () => {
  const of = (status: number, type = "", message = "words") =>
    new ExchangeError({ cmdlet: "Get-X", status, type, message });
  const verdict = (error: unknown) =>
    Object.entries({ isNotFound, isAlreadyThere, isTransient, isOutcomeUnknown })
      .filter(([, is]) => is(error))
      .map(([name]) => name);

  const cases: [string, unknown, string[]][] = [
    ["not found", of(404, "ManagementObjectNotFoundException"), ["isNotFound"]],
    ["not found, with status 400", of(400, "ManagementObjectNotFoundException"), ["isNotFound"]],
    ["404 of an unknown kind", of(404), []],
    ["already there", of(400, "ADObjectAlreadyExistsException"), ["isAlreadyThere"]],
    ...["ErrorInboundConnectorAlreadyExistsException", "NameAlreadyExistsException"].map(
      (type): [string, unknown, string[]] => [type, of(400, type), ["isAlreadyThere"]],
    ),
    ...[
      ...["ProxyAddressExistsException", "WLCDManagedMemberExistsException"],
      ...["WLCDUnmanagedMemberExistsException", "WLCDMemberNameInUseException"],
      ...["PropertyValueExistsException", "NameNotAvailableException"],
      "ManagementObjectAmbiguousException",
    ].map((type): [string, unknown, string[]] => [type, of(400, type), ["isAlreadyThere"]]),
    [
      "a name that Entra has already",
      of(400, "UnableToWriteToAadException", "Another object with the same value already exists."),
      ["isAlreadyThere"],
    ],
    ["something like it", of(400, "AlreadyExistsExceptionHandler"), []],
    ["a validation error", of(400, "ValidationException"), []],
    ["no right", of(403), []],
    ["throttled", of(429), ["isTransient"]],
    ["busy", of(503), ["isTransient"]],
    ["no answer", of(0), ["isOutcomeUnknown"]],
    ["408", of(408), ["isOutcomeUnknown"]],
    ["500", of(500), ["isOutcomeUnknown"]],
    ["502", of(502), ["isOutcomeUnknown"]],
    ["504", of(504), ["isOutcomeUnknown"]],
    ["500 that says it is busy", of(500, "ServerBusyException"), ["isTransient"]],
    ["an error of ours", new Error("ManagementObjectNotFoundException"), []],
    ["no error at all", undefined, []],
  ];
  for (const [name, error, expected] of cases) {
    it(`${name}: ${expected.join(", ") || "nothing special"}`, () => {
      assert.deepEqual(verdict(error), expected);
    });
  }

  for (const type of [
    "CmdletProxyNotAvailableFailure",
    "ServerBusyException",
    "TransientException",
    "BackendCommunicationException",
    "UnableToWriteToAadException",
  ]) {
    it(`${type} is transient although it comes with 400`, () => {
      assert.deepEqual(verdict(of(400, type)), ["isTransient"]);
    });
  }

  for (const words of [
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try again.",
    "It failed. The issue may be transient and please retry a couple of minutes later.",
  ]) {
    it(`"${words.slice(0, 40)}…" is transient, whatever the type`, () => {
      for (const type of ["", "UnableToWriteToAadException"]) {
        assert.deepEqual(verdict(of(400, type, words)), ["isTransient"]);
      }
    });
  }

  for (const reason of [
    "The value specified for property EmailAddresses is incorrect. Reason: InvalidValue",
    "Unable to update the specified properties for on-premises mastered Directory Sync objects",
    "Insufficient privileges to complete the operation.",
  ]) {
    it(`what only may be transient is not: ${reason}`, () => {
      const words = `It failed: ${reason}. The issue may be transient and please retry.`;
      assert.deepEqual(verdict(of(400, "UnableToWriteToAadException", words)), []);
    });
  }
});
