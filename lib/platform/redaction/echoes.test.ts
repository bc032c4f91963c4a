import fc from "fast-check";
import { expect, test } from "vitest";
import { encodings } from "#scripts/secret-forms.ts";
import { expectLinear } from "#scripts/test-growth.ts";
import { compileSecrets, nothingSent, removed, removeEchoes } from "./echoes.ts";

const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-bmF_dHVyZQ";
const password = 'p"ä/ss+w <ö&r%d> it\\is';
const names = Object.keys(encodings);

/** What an echo may leave at its end: the padding of base64, encoded. */
const maxLeft = 24;

test("no part of a secret of 8 characters or more is kept: encodings, encodings of encodings, and cuts", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(token, password),
      fc.constantFrom(...names),
      fc.constantFrom(...names),
      fc.nat(40),
      fc.integer({ min: 8, max: 60 }),
      (secret, inner, outer, from, length) => {
        const part = secret.slice(Math.min(from, secret.length - 8)).slice(0, length);
        const echoed = encodings[outer]!(encodings[inner]!(part));
        const kept = removeEchoes(`It is (${echoed}), no?`, compileSecrets([secret]));
        expect(kept, `${outer} of ${inner}: ${part}`).toMatch(/^It is \(.*\[removed\].*\), no\?$/s);
        const isPrefixed = [inner, outer].includes("base64 after other text");
        expect(kept.length).toBeLessThan("It is (), no?".length + removed.length + maxLeft + (isPrefixed ? 90 : 0));
      },
    ),
    { numRuns: 3000 },
  );
});

test("what wasn't sent is kept as it is", () => {
  const text = "Größe 100%, \\n &amp; aGVsbG8gd29ybGQ= 68656c6c6f20776f726c64 eyJhbGc";
  expect(removeEchoes(text, compileSecrets([token, password]))).toBe(text);
  expect(removeEchoes(token, nothingSent)).toBe(token);
});

test("halves of a secret in two runs of base64 stay apart, and so does the text between them", () => {
  const [one, other] = [token.slice(0, 6), token.slice(6, 12)].map((half) =>
    Buffer.from(half.repeat(2)).toString("base64"),
  );
  const text = `${one} and ${other}`;
  expect(removeEchoes(text, compileSecrets([token.slice(0, 12)]))).toBe(text);
});

test("what is sent again is prepared once", () => {
  expect(compileSecrets([token])).toBe(compileSecrets([token]));
  expect(compileSecrets([token])).not.toBe(compileSecrets([token, password]));
  expect(compileSecrets([token], { shown: token })).not.toBe(compileSecrets([token]));
});

test("short secrets are removed whole, the shortest not at all", () => {
  expect(removeEchoes("pin 12345, b64 MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", compileSecrets(["12345", "no"]))).toMatch(
    /^pin \[removed\], b64 .*\[removed\]/,
  );
  expect(removeEchoes("no", compileSecrets(["no"]))).toBe("no");
});

test("parts of what is no secret are kept, and so are words that are in a secret searched for as a whole", () => {
  const sent = compileSecrets(["orders-client-secret"], { shown: "orders-client", whole: ["my password"] });
  expect(removeEchoes("orders-client has no password", sent)).toBe("orders-client has no password");
  expect(removeEchoes("orders-client-secret, bXkgcGFzc3dvcmQ=", sent)).toMatch(/^orders-?\[removed\], \[removed\]=$/);
});

test("a secret is found where two chunks of a long text meet", () => {
  const echoed = encodings["escaped for JSON, every character"]!(encodings.hex!(token));
  for (let offset = 0; offset < echoed.length; offset += 7) {
    const kept = removeEchoes(
      `${" ".repeat(64 * 1024 - offset)}${echoed}${" ".repeat(64 * 1024)}`,
      compileSecrets([token]),
    );
    expect(kept.trim()).toBe(removed);
  }
});

test("the words of other scripts stay whole around what is removed", () => {
  expect(removeEchoes(`Größe ${token} für`, compileSecrets([token]))).toBe(`Größe ${removed} für`);
});

test.each(["A", "ab1", "%41", "\\u0041", "&#x41;", "&#x0", "&", "\\", "%25", "41", "eyJhbGci", token])(
  "a text made of %s is searched in time that grows with its length only",
  (unit) => {
    const sent = compileSecrets([token]);
    expectLinear((text) => removeEchoes(text, sent), unit, 256 * 1024);
  },
);
