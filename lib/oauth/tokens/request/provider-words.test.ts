import { expect, test } from "vitest";
import { createClean, readProviderError } from "./provider-words.ts";
import { readBody } from "./response-body.ts";

const clean = createClean((text) => text.replaceAll("s3cret", "[removed]"));

function read(body: unknown, status = 400, headers: [string, string][] = []) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readProviderError({ status, headers }, readBody(headers, Buffer.from(text)), clean);
}

const soap =
  "<s:Envelope><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>no &amp; no</faultstring></s:Fault></s:Body></s:Envelope>";
test.each<[string, unknown, string]>([
  ["RFC 6749", { error: "invalid_client", error_description: "locked", message: "other" }, "locked"],
  ["Twitch", { status: 400, message: "invalid client" }, "invalid client"],
  [
    "RFC 9457",
    { type: "about:blank", title: "Bad Request", detail: "client is locked" },
    "client is locked; Bad Request",
  ],
  ["Google", { error: { code: 403, message: "API disabled", status: "PERMISSION_DENIED" } }, "API disabled"],
  ["Apigee", { fault: { faultstring: "Invalid key", detail: { errorcode: "oauth.v2" } } }, "Invalid key"],
  [
    "Okta",
    { errorCode: "E1", errorSummary: "Not allowed", errorCauses: [{ errorSummary: "by policy" }] },
    "Not allowed; by policy",
  ],
  ["Salesforce", [{ errorCode: "INVALID", message: "no session" }], "no session"],
  ["a list of errors", { errors: [{ message: "first" }, { message: "second" }] }, "first; second"],
  ["a list of texts", { errors: ["first", "second"] }, "first; second"],
  ["errors by field", { errors: { client: { message: "unknown" } } }, "unknown"],
  ["WeChat", { errcode: 40_013, errmsg: "invalid appid" }, "invalid appid"],
  ["capitals", { Message: "denied", ErrorMessage: "denied by rule 7" }, "denied by rule 7"],
  [
    "an error that is a sentence",
    { error: "Der Client ist gesperrt – bitte melden" },
    "Der Client ist gesperrt – bitte melden",
  ],
  ["a text in JSON", '"client unknown"', "client unknown"],
  ["plain text", "client unknown\n", "client unknown"],
  ["a form", "error=invalid_client&error_description=is+locked", "is locked"],
  ["a Fault", soap, "no & no"],
  ["XML", "<Error><Code>7</Code><Message>no client</Message></Error>", "no client"],
  ["a page", "<html><head><title>Access denied</title>", "Access denied"],
])("repeats what %s says", (_, body, description) => {
  expect(read(body).description).toBe(description);
});

test("reads WWW-Authenticate, whatever the status", () => {
  for (const status of [400, 401, 403, 503]) {
    const header = 'Basic realm="x", Bearer error=invalid_client, error_description="no \\"client\\""';
    const found = read("", status, [["www-authenticate", header]]);
    expect(found).toMatchObject({ status, code: "invalid_client", description: 'no "client"' });
  }
});

test("takes known codes from nested errors, and no others", () => {
  expect(read({ error: { code: "invalid_client", message: "m" } })).toMatchObject({ code: "invalid_client" });
  expect(read({ errors: [{ code: "invalid_scope" }] }).code).toBe("invalid_scope");
  expect(read({ error: { code: "E17", message: "m" } }).code).toBeNull();
});

test("shows no secrets, control characters, or endless texts", () => {
  const found = read({ error: "s3cret", message: `a\u0000\u202eb\r\nc s3cret ${"x".repeat(3000)}` });
  expect(found.code).toBe("[removed]");
  expect(found.description).toMatch(/^a b c \[removed\] x{900,}…$/);
});

test("repeats nothing of a success but its messages: the rest can be the token", () => {
  expect(read("eyToken", 200).description).toBeNull();
  expect(read('"eyToken"', 200).description).toBeNull();
  expect(read({ code: 10_003, msg: "invalid param", token: "t" }, 200).description).toBe("invalid param");
  expect(read({ code: 0, msg: "ok" }, 200).description).toBeNull();
});

test("a deep or large body takes no more than a part of it", () => {
  const deep = `${'{"message":'.repeat(5000)}"x"${"}".repeat(5000)}`;
  expect(read(deep).description).toBeNull();
  expect(read({ errors: Array.from({ length: 10_000 }, (_, index) => `e${index}`) }).description).toBe("e0; e1; e2");
});
