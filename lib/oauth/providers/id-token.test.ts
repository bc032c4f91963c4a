import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { type ExpectedIssuer, type TokenExpectations, verifyIdToken } from "./id-token.ts";

const now = Date.UTC(2027, 0, 1);
const seconds = now / 1000;
const tenant = "7c9a4d1e-5b32-4f06-9e8d-2a61c0f3b754";
const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
const good: JWTPayload = {
  iss: issuer,
  aud: "client",
  sub: "1",
  nonce: "n",
  iat: seconds,
  nbf: seconds,
  exp: seconds + 60,
};

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Pair;
let strangers: Pair;
let expected: TokenExpectations;
let publicText: Uint8Array;

beforeAll(async () => {
  ours = await generateKeyPair("RS256", { extractable: true });
  strangers = await generateKeyPair("RS256");
  const jwk = await exportJWK(ours.publicKey);
  publicText = new TextEncoder().encode(JSON.stringify(jwk));
  const keys = createLocalJWKSet({ keys: [{ ...jwk, kid: "1", alg: "RS256", use: "sig" }] });
  expected = { issuer: { kind: "exact", issuer }, clientId: "client", nonce: "n", keys, now };
});

const sign = (claims: JWTPayload, pair: Pair = ours, kid = "1") =>
  new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(pair.privateKey);

test("a token that fits gives its claims", async () => {
  expect(await verifyIdToken(await sign(good), expected)).toEqual(good);
});

test.each([
  ["another audience", { ...good, aud: "other" }, "audience"],
  ["no audience", { ...good, aud: undefined }, "audience"],
  ["two audiences and no azp", { ...good, aud: ["client", "other"] }, "authorized_party"],
  ["another azp", { ...good, azp: "other" }, "authorized_party"],
  ["another issuer", { ...good, iss: "https://evil.example.com" }, "issuer"],
  ["the issuer with a slash more", { ...good, iss: `${issuer}/` }, "issuer"],
  ["another tenant than its issuer's", { ...good, tid: "00000000-0000-4000-8000-000000000000" }, "tenant"],
  ["another nonce", { ...good, nonce: "other" }, "nonce"],
  ["no nonce", { ...good, nonce: undefined }, "nonce"],
  ["a past expiry", { ...good, exp: seconds - 61 }, "expired"],
  ["no expiry", { ...good, exp: undefined }, "malformed"],
  ["a future not-before", { ...good, nbf: seconds + 61 }, "not_yet_valid"],
  ["a future issued-at", { ...good, iat: seconds + 61 }, "not_yet_valid"],
  ["no issued-at", { ...good, iat: undefined }, "malformed"],
  ["no subject", { ...good, sub: undefined }, "subject"],
] as [string, JWTPayload, string][])("a token with %s is refused", async (_, claims, reason) => {
  const refusal = { code: "id_token_invalid", details: { reason } };
  await expect(verifyIdToken(await sign(claims), expected)).rejects.toMatchObject(refusal);
});

test("clocks may differ by a minute", async () => {
  const skewed = { ...good, iat: seconds + 59, nbf: seconds + 59, exp: seconds - 59 };
  expect(await verifyIdToken(await sign(skewed), expected)).toEqual(skewed);
});

test("two audiences with the right azp fit", async () => {
  const claims = { ...good, aud: ["client", "api"], azp: "client" };
  expect(await verifyIdToken(await sign(claims), expected)).toEqual(claims);
});

test.each([
  ["of a stranger's key", () => sign(good, strangers), "signature"],
  ["of a key that is not published", () => sign(good, strangers, "2"), "unknown_key"],
  ["of nobody (alg none)", () => Promise.resolve(new UnsecuredJWT(good).encode()), "algorithm"],
  [
    "of HS256 with the public key as secret",
    () => new SignJWT(good).setProtectedHeader({ alg: "HS256", kid: "1" }).sign(publicText),
    "algorithm",
  ],
  [
    "of other claims",
    async () => {
      const [header, , signature] = (await sign(good)).split(".");
      const tampered = Buffer.from(JSON.stringify({ ...good, sub: "2" })).toString("base64url");
      return `${header}.${tampered}.${signature}`;
    },
    "signature",
  ],
  ["of nothing readable", () => Promise.resolve("not a token"), "malformed"],
] as [string, () => Promise<string>, string][])("a signature %s is refused", async (_, make, reason) => {
  await expect(verifyIdToken(await make(), expected)).rejects.toMatchObject({
    code: "id_token_invalid",
    details: { reason },
  });
});

const template = "https://login.microsoftonline.com/{tenantid}/v2.0";
const personal = "9188040d-6c67-4b5b-b112-36a304b66dad";
test.each([
  ["any", tenant, tenant, null],
  ["any", personal, personal, null],
  ["work", tenant, tenant, null],
  ["work", personal, personal, "tenant"],
  ["personal", personal, personal, null],
  ["personal", tenant, tenant, "tenant"],
  ["any", tenant, personal, "issuer"],
  ["any", "common", undefined, "issuer"],
  ["any", tenant, undefined, "issuer"],
] as ["any" | "work" | "personal", string, string | undefined, string | null][])(
  "an authority for %s accounts judges a token of %s whose tid is %s",
  async (accounts, of, tid, reason) => {
    const claims = { ...good, iss: template.replace("{tenantid}", of), tid };
    const many: ExpectedIssuer = { kind: "entra_tenants", template, accounts, allowed: ["*"] };
    const verified = verifyIdToken(await sign(claims), { ...expected, issuer: many });
    if (reason === null) expect(await verified).toMatchObject({ tid });
    else await expect(verified).rejects.toMatchObject({ details: { reason } });
  },
);

test.each([
  [[], "tenant_not_allowed"],
  [["00000000-0000-4000-8000-000000000000"], "tenant_not_allowed"],
  [[tenant], null],
  [["*"], null],
] as [string[], string | null][])(
  "an authority for many that allows %j takes only those tenants",
  async (allowed, reason) => {
    const verified = verifyIdToken(await sign({ ...good, tid: tenant.toUpperCase() }), {
      ...expected,
      issuer: { kind: "entra_tenants", template, accounts: "work", allowed },
    });
    if (reason === null) expect(await verified).toMatchObject({ sub: "1" });
    else await expect(verified).rejects.toMatchObject({ details: { reason } });
  },
);
