import fc from "fast-check";
import { expect, test } from "vitest";
import { compileSecrets, removed } from "#lib/platform/redaction/echoes.ts";
import { encodings } from "#scripts/secret-forms.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { maxBodyLength } from "./model.ts";
import { redactError, redactJson, redactRequest, redactResponse, redactText } from "./redact.ts";

const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-bmF_dHVyZQ";
const sent = compileSecrets([token]);

function answer(body: string | Buffer, headers: [string, string][] = [["content-type", "text/plain"]]) {
  const whole = { status: 200, headers, body: Buffer.from(body), proxy: "none", redirectedTo: null };
  return redactResponse(whole, sent);
}
const request = (headers: [string, string][], body: string | null = null, url = "https://a.example/") =>
  redactRequest({ method: "POST", url, headers, body }, sent);

test("headers that carry secrets lose their values, the scheme of an Authorization stays", () => {
  const headers: [string, string][] = [
    ["Authorization", "Bearer x"],
    ["Proxy-Authorization", "Basic eDp5"],
    ["Cookie", "sid=1"],
    ["X-API-Key", "k"],
    ["Ocp-Apim-Subscription-Key", "k"],
    ["x-functions-key", "k"],
    ["X-Auth-Token", "k"],
    ["Accept", "*/*"],
    ["X-Site", "7"],
  ];
  expect(request(headers).headers.map((header) => header.value)).toEqual([
    `Bearer ${removed}`,
    `Basic ${removed}`,
    ...Array(5).fill(removed),
    "*/*",
    "7",
  ]);
});

test("cookies of an answer are removed", () => {
  expect(answer("", [["set-cookie", "sid=1"]]).headers).toEqual([{ name: "set-cookie", value: removed }]);
});

test("the token is removed wherever a service echoes it", () => {
  const echoed = answer(`{"got":"${token}"}`, [
    ["x-echo", `Bearer ${token}`],
    ["location", `https://a.example/?t=${token}`],
  ]);
  expect(JSON.stringify(echoed)).not.toContain(token);
  expect(echoed.body).toBe(`{"got":"${removed}"}`);
});

test("a secret is found URL-encoded and escaped for JSON too", () => {
  const secret = 'p"ä/ss+w';
  const body = `${secret} ${encodeURIComponent(secret)} ${JSON.stringify(secret)}`;
  const whole = { method: "POST", url: `https://a.example/?x=${encodeURIComponent(secret)}`, headers: [], body };
  const receipt = redactRequest(whole, compileSecrets([secret]));
  expect(receipt.body).toBe(`${removed} ${removed} "${removed}"`);
  expect(receipt.url).toBe(`https://a.example/?x=${removed}`);
});

test.each([
  ['{"client_secret":"s","a":1}', `{"client_secret":"${removed}","a":1}`],
  ['{"Password": "s\\"x", "b":2}', `{"Password": "${removed}", "b":2}`],
  [
    '{"access_token":"s","refreshToken":"r","apiKey":12}',
    `{"access_token":"${removed}","refreshToken":"${removed}","apiKey":"${removed}"}`,
  ],
  ['{"body":"{\\"password\\":\\"s\\",\\"a\\":1}"}', `{"body":"{\\"password\\":\\"${removed}\\",\\"a\\":1}"}`],
  ["grant_type=client_credentials&client_secret=s&x=1", `grant_type=client_credentials&client_secret=${removed}&x=1`],
  ["password=s", `password=${removed}`],
  ["<o:Password Type='x'>s</o:Password><a>1</a>", `<o:Password Type='x'>${removed}</o:Password><a>1</a>`],
  ['{"secretary":"Anna","passwordHint":"none"}', '{"secretary":"Anna","passwordHint":"none"}'],
])("fields that hold secrets are masked in %s", (body, expected) => {
  expect(answer(body).body).toBe(expected);
  expect(request([], body).body).toBe(expected);
});

test("secrets in a URL's query are masked", () => {
  expect(request([], null, "https://a.example/x?code=abc&sig=d&page=2").url).toBe(
    `https://a.example/x?code=${removed}&sig=${removed}&page=2`,
  );
});

/** Where what a service says gets into a receipt. */
const places: Record<string, (text: string) => unknown> = {
  "a body": (text) => answer(`{"got":"${text}"}`).body,
  "a header": (text) => answer("", [["x-echo", text]]).headers,
  "the name of a header": (text) => answer("", [[text, "1"]]).headers,
  "a redirect": (text) => answer("", [["location", `https://a.example/${text}`]]).headers,
  "a fault": (text) => redactText(`<detail>${text}</detail>`, sent),
  data: (text) => redactJson({ [text]: [text] }, sent),
  "an error": (text) =>
    redactError({ code: "service_error", message: `It said ${text}.`, hint: text, providerCode: text }, sent),
};

test("no part of the token of 8 characters or more is kept, in any encoding, anywhere in a receipt", () => {
  const encoding = fc.constantFrom(...Object.keys(encodings));
  const place = fc.constantFrom(...Object.keys(places));
  fc.assert(
    fc.property(
      encoding,
      encoding,
      place,
      fc.nat(token.length - 8),
      fc.integer({ min: 8 }),
      (inner, outer, where, from, length) => {
        const echoed = encodings[outer]!(encodings[inner]!(token.slice(from, from + length)));
        const kept = JSON.stringify(places[where]!(echoed));
        expect(kept, `${outer} of ${inner} in ${where}`).toContain(removed);
        expect(kept).not.toContain(JSON.stringify(echoed).slice(1, -1));
      },
    ),
    { numRuns: 2000 },
  );
});

test("a registered error passes as it is", () => {
  const registered = compileSecrets(["invalid_token and more"]);
  const error = { code: "service_error", message: "", hint: null, providerCode: "invalid_token" } as const;
  expect(redactError(error, registered).providerCode).toBe("invalid_token");
  expect(redactError({ ...error, providerCode: "invalid_token and" }, registered).providerCode).toBe(removed);
});

test("a long body is cut and its size told", () => {
  const cut = answer("x".repeat(maxBodyLength + 100));
  expect(cut.bodyBytes).toBe(maxBodyLength + 100);
  expect(cut.body.length).toBeLessThanOrEqual(maxBodyLength);
  expect(cut.body.length).toBeGreaterThan(maxBodyLength - token.length - 1);
});

test("no part of a token is left where a body is cut", () => {
  for (let offset = 0; offset <= token.length * 2; offset++) {
    const padding = "é".repeat(maxBodyLength - offset);
    const { body } = answer(`${token}${padding}${token}${token}rest`);
    const tail = body.slice(-token.length * 2).replaceAll(removed, "");
    expect(tail).not.toContain(token.slice(0, 8));
  }
});

test("a field that is cut in the middle of its value is masked", () => {
  const { body } = answer(`{"a":"${"x".repeat(maxBodyLength - 20)}","password":"${"s".repeat(100)}"}`);
  expect(body).not.toContain("sss");
});

test("binary answers are named, not kept", () => {
  expect(answer(Buffer.from([0, 255, 254, 129, 130]), [["content-type", "image/png"]]).body).toBe(
    "[image/png, 5 bytes, not kept]",
  );
  expect(answer(Buffer.from([0x89, 255, 254, 129, 130, 131]), []).body).toBe("[binary, 6 bytes, not kept]");
  expect(answer("", [["content-type", "image/png"]]).body).toBe("");
  expect(answer("\u001f", [["content-encoding", "zstd"]]).body).toBe("[zstd, 1 bytes, not kept]");
});

test("text in Latin-1 is read as such", () => {
  const body = Buffer.from("Größe", "latin1");
  expect(answer(body, [["content-type", "text/plain; charset=ISO-8859-1"]]).body).toBe("Größe");
});

test("any body stays storable and free of the token", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary-ascii" }),
    fc.constantFrom(token, '"password":"', "\\", '"', "\0", "\ud800", "<secret>"),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const { body } = request([], parts.join(""));
      expect(body).not.toContain(token);
      expect(body).not.toContain("\0");
      expect(body.isWellFormed()).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test.each(['"password":"', '\\"token\\":\\"', "<secret ", "password=", "\\\\\\", '"secret" '.padEnd(40)])(
  "a body made of %s is searched in time that grows with its length only",
  (unit) => expectLinear(answer, unit, maxBodyLength),
);
