import fc from "fast-check";
import { expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors/app-error.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { parseTokenAnswer, type TokenAnswer } from "./parse.ts";
import { maxLifetimeSeconds } from "./read-token.ts";

const now = Date.parse("2026-01-01T00:00:00Z");
const host = "login.example.com";

function answer(status: number, body: unknown, headers: [string, string][] = []): TokenAnswer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers, body: Buffer.from(text) };
}
const parse = (given: TokenAnswer) => parseTokenAnswer(given, host, now);
const settings = { tokenMember: null, acceptAnyTokenType: false, sent: { secrets: [], shown: "" } };
const good = { access_token: "abc", token_type: "Bearer", expires_in: 3600 };

test("a page full of titles takes no longer than reading it", () => {
  const read = (text: string) => expect(() => parse(answer(200, `<html>${text}`))).toThrow(/instead of a token/);
  expectLinear(read, "<title", 258_000);
});

const lifetimes: [string, unknown, number][] = [
  ["a number", 3600, 3600],
  ["digits in a string", "3599", 3599],
  ["a fraction", 10.9, 10],
  ["nothing", undefined, 300],
  ["null", null, 300],
  ["a word", "soon", 300],
  ["an object", { seconds: 5 }, 300],
  ["a promise of years", 1e12, maxLifetimeSeconds],
  ["zero", 0, 300],
  ["negative", -1, 300],
  ["zero in a string", "0", 300],
  ["a negative string", "-5", 300],
  ["zero with decimals", "0.0", 300],
  ["part of a second", 0.5, 1],
  ["empty", "", 300],
];
test.each(lifetimes)("reads an expires_in that is %s", (_, expires_in, seconds) => {
  expect(parse(answer(200, { ...good, expires_in })).expiresInSeconds).toBe(seconds);
});

test.each([
  "Bearer",
  "bearer",
  "BEARER",
  "BearerToken",
  "bearer_token",
  "Bearer Token",
  "Application Access Token",
  "User Access Token",
  "access_token",
  "urn:ietf:params:oauth:token-type:access_token",
  "JWT",
  "Token",
  "",
  " ",
  null,
  undefined,
])("takes the token_type %j", (token_type) => {
  expect(parse(answer(200, { ...good, token_type })).accessToken).toBe("abc");
});

test.each(["mac", "DPoP", "pop", "N_A", "refresh_token", 7])(
  "takes the token_type %j only by setting",
  (token_type) => {
    const given = answer(200, { ...good, token_type });
    expect(() => parse(given)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("Accept any token type") }),
    );
    expect(parseTokenAnswer(given, host, now, { ...settings, acceptAnyTokenType: true }).accessToken).toBe("abc");
  },
);

test.each(["Bearer abc", "bearer abc", "Bearer  abc", "Bearer Bearer abc", " abc", "abc\r\n"])(
  "takes the token out of %j",
  (access_token) => {
    expect(parse(answer(200, { ...good, access_token })).accessToken).toBe("abc");
  },
);

type Elsewhere = [name: string, body: unknown, type: string, tokenMember: string, seconds: number, says: RegExp];
const xml = "<?xml version='1.0'?><n:DTO xmlns:n='u'><n:accessToken>abc</n:accessToken></n:DTO>";
const elsewhere: Elsewhere[] = [
  [
    "nested",
    { code: 0, data: { access_token: "abc", expires_in: 7200 } },
    "",
    "data.access_token",
    7200,
    /with code, data/,
  ],
  [
    "named otherwise",
    { code: 0, tenant_access_token: "abc", expire: 60 },
    "",
    "tenant_access_token",
    60,
    /tenant_access_token/,
  ],
  ["in camel case", { accessToken: "abc", expiresIn: 60 }, "", "accessToken", 60, /accessToken/],
  ["in a list", { tokens: [{ token: "abc" }] }, "", "tokens.0.token", 300, /with tokens/],
  [
    "in a form under another name",
    "token=abc&expires=60",
    "application/x-www-form-urlencoded",
    "token",
    60,
    /is a form with token/,
  ],
  ["in XML", xml, "application/xml", "accessToken", 300, /is XML with accessToken/],
];
test.each(elsewhere)(
  "names a token that is %s, and reads it by setting",
  (_, body, type, tokenMember, seconds, says) => {
    const given = answer(200, body, type === "" ? [] : [["content-type", type]]);
    expect(() => parse(given)).toThrow(says);
    const hint = expect.stringMatching(new RegExp(`enter ${tokenMember.replaceAll(".", "\\.")} in Token member`));
    expect(() => parse(given)).toThrow(expect.objectContaining({ hint }));
    const token = parseTokenAnswer(given, host, now, { ...settings, tokenMember });
    expect(token).toMatchObject({ accessToken: "abc", expiresInSeconds: seconds });
  },
);

test("a date in expires isn't a lifetime", () => {
  const given = answer(200, { access_token: "abc", expires: now / 1000 });
  expect(parse(given).expiresInSeconds).toBe(300);
});

test("reads a form and XML that have an access_token", () => {
  expect(parse(answer(200, "access_token=a%2Bb&token_type=bearer&expires_in=60"))).toMatchObject({
    accessToken: "a+b",
    expiresInSeconds: 60,
  });
  const xml = "<OAuth><access_token>abc</access_token><token_type>bearer</token_type></OAuth>";
  expect(parse(answer(200, xml)).accessToken).toBe("abc");
});

test("blames a sign-in page or a proxy only if a web page came", () => {
  const hintOf = (given: TokenAnswer) => {
    try {
      parse(given);
    } catch (err) {
      return isAppError(err) ? (err.hint ?? "") : "";
    }
    return "";
  };
  const evidence = /proxy|sign-?in/i;
  expect(hintOf(answer(200, "<html><title>Sign in</title>"))).toMatch(evidence);
  const others = ["", "[]", "text", "<a/>", {}, { ...good, token_type: "mac" }, { access_token: "a b" }];
  for (const body of others) {
    const hint = hintOf(answer(200, body));
    expect(hint).not.toBe("");
    expect(hint).not.toMatch(evidence);
  }
});

test("reads JSON whatever its content type, after a byte order mark too", () => {
  const text = `\ufeff${JSON.stringify(good)}`;
  expect(parse(answer(200, text, [["content-type", "text/html"]])).accessToken).toBe("abc");
});

type Refusal = [name: string, given: TokenAnswer, code: string, retryable: boolean, says: RegExp];
const refusals: Refusal[] = [
  ["invalid_client", answer(401, { error: "invalid_client" }), "token_request_refused", false, /invalid_client/],
  ["an error in a 200", answer(200, { error: "invalid_scope" }), "token_request_refused", false, /invalid_scope/],
  [
    "an error beside a token",
    answer(200, { ...good, error: "invalid_scope" }),
    "token_request_refused",
    false,
    /invalid_scope/,
  ],
  [
    "403 and nothing",
    answer(403, ""),
    "token_request_refused",
    true,
    /answered 403 and gave no reason: client id, secret, authentication method or scope/,
  ],
  ["401 and nothing", answer(401, ""), "token_request_refused", false, /answered 401/],
  [
    "404 and a page",
    answer(404, "<html><title>Not here</title>"),
    "token_request_refused",
    true,
    /refused the token request \(404\)/,
  ],
  ["an error that is no string", answer(400, { error: { code: 7 } }), "token_request_refused", true, /answered 400/],
  ["500 and an error", answer(500, { error: "invalid_client" }), "token_endpoint_unavailable", true, /for now/],
  ["503", answer(503, "busy"), "token_endpoint_unavailable", true, /503/],
  ["429", answer(429, { error: "invalid_request" }), "token_endpoint_unavailable", true, /429/],
  [
    "temporarily_unavailable",
    answer(400, { error: "temporarily_unavailable" }),
    "token_endpoint_unavailable",
    true,
    /temporarily_unavailable/,
  ],
  [
    "a redirect",
    answer(302, "", [["location", "https://sso.example.com/x?y"]]),
    "token_response_invalid",
    true,
    /sso\./,
  ],
  [
    "a page",
    answer(200, "<!doctype html><title>Sign in</title>"),
    "token_response_invalid",
    true,
    /web page \("Sign in"\)/,
  ],
  ["an empty body", answer(200, ""), "token_response_invalid", true, /an empty body/],
  ["no content", answer(204, ""), "token_response_invalid", true, /204/],
  ["an array", answer(200, [good]), "token_response_invalid", true, /not a JSON object/],
  ["null", answer(200, "null"), "token_response_invalid", true, /not a JSON object/],
  ["no token", answer(200, { expires_in: 1 }), "token_response_invalid", true, /without an access_token/],
  ["a token that is a number", answer(200, { ...good, access_token: 7 }), "token_response_invalid", true, /without/],
  ["an empty token", answer(200, { ...good, access_token: "" }), "token_response_invalid", true, /without/],
  [
    "a token with a line break",
    answer(200, { ...good, access_token: "a\r\nX: y" }),
    "token_response_invalid",
    true,
    /header/,
  ],
  [
    "a token that is huge",
    answer(200, { ...good, access_token: "a".repeat(40_000) }),
    "token_response_invalid",
    true,
    /header/,
  ],
  ["another type", answer(200, { ...good, token_type: "mac" }), "token_response_invalid", true, /\(mac\)/],
  [
    "a type that is no string",
    answer(200, { ...good, token_type: 7 }),
    "token_response_invalid",
    true,
    /other type|another type/,
  ],
];
test.each(refusals)("refuses %s", (_, given, code, retryable, says) => {
  const act = () => parse(given);
  expect(act).toThrow(expect.objectContaining({ name: "AppError", code, retryable }));
  expect(act).toThrow(says);
  expect(act).toThrow(expect.objectContaining({ provider: expect.objectContaining({ status: given.status }) }));
});

test("keeps what the provider says, on one line and cut", () => {
  const body = {
    error: "invalid_client",
    error_description: `AADSTS7000215: no.\r\nTrace\u0000\u202e ${"x".repeat(2000)}`,
  };
  const headers: [string, string][] = [["x-ms-request-id", "9f-1"]];
  expect(() => parse(answer(401, body, headers))).toThrow(
    expect.objectContaining({
      provider: {
        status: 401,
        code: "invalid_client",
        description: expect.stringMatching(/^AADSTS7000215: no\. Trace x{900,}…$/),
        correlationId: "9f-1",
      },
    }),
  );
});

test("keeps the wait that Retry-After requests", () => {
  expect(() => parse(answer(503, "", [["retry-after", "7"]]))).toThrow(
    expect.objectContaining({ details: { retryAfterMs: 7000 } }),
  );
});

test("whatever comes, it is a usable token or an AppError of the three codes", () => {
  const member = fc.oneof(fc.string(), fc.integer(), fc.double(), fc.constant(null), fc.boolean(), fc.object());
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    fc
      .record(
        {
          access_token: member,
          token_type: member,
          expires_in: member,
          error: member,
          error_description: member,
          scope: member,
        },
        { requiredKeys: [] },
      )
      .map((value) => Buffer.from(JSON.stringify(value))),
  );
  const status = fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 999 }));
  const header = fc.tuple(fc.constantFrom("retry-after", "location", "x-ms-request-id"), fc.string());
  fc.assert(
    fc.property(status, body, fc.array(header, { maxLength: 3 }), (code, bytes, headers) => {
      try {
        const token = parse({ status: code, body: bytes, headers });
        expect(token.accessToken).toMatch(/^[\x21-\x7e]+$/);
        expect(token.expiresInSeconds).toBeGreaterThan(0);
        expect(token.expiresInSeconds).toBeLessThanOrEqual(maxLifetimeSeconds);
      } catch (err) {
        if (!isAppError(err)) throw err;
        expect(["token_request_refused", "token_endpoint_unavailable", "token_response_invalid"]).toContain(err.code);
        expect(err.message).not.toMatch(/[\r\n\0]/);
        expect(err.provider?.status).toBe(code);
      }
    }),
    { numRuns: 1000 },
  );
});
