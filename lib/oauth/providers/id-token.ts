import { decodeProtectedHeader, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AppError } from "#lib/platform/errors/app-error.ts";
import type { Claims } from "./read-claim.ts";

/**
 * Signatures that are trusted: with a key pair only. `none` is no signature, and of HS256 the "secret" would be the
 * provider's public key (RFC 8725 section 2.1).
 */
export const signingAlgorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Clocks of two machines may differ by this much. */
const toleranceSeconds = 60;

/** Who may have issued a token: one issuer, or any tenant of an Entra authority that stands for many. */
export type ExpectedIssuer =
  | { kind: "exact"; issuer: string }
  | {
      kind: "entra_tenants";
      /** `https://login.microsoftonline.com/{tenantid}/v2.0` */
      template: string;
      /** `organizations` excludes personal accounts, `consumers` takes nothing else. */
      accounts: "any" | "work" | "personal";
      /** Ids of the tenants that may come in, `*` = every one. */
      allowed: readonly string[];
    };

/** What an ID token has to fit. */
export type TokenExpectations = {
  issuer: ExpectedIssuer;
  clientId: string;
  /** Null: of a renewal, where there is none or that of the sign-in (OpenID Connect Core 1.0 section 12.2). */
  nonce: string | null;
  /** The provider's keys, fetched and cached by the caller. */
  keys: JWTVerifyGetKey;
  /** Milliseconds since 1970. */
  now: number;
};

/** The tenant of personal Microsoft accounts ("ID token claims reference", `tid`). */
const personalTenant = "9188040d-6c67-4b5b-b112-36a304b66dad";
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Which check a token failed. */
export type TokenFault =
  | "malformed"
  | "algorithm"
  | "signature"
  | "unknown_key"
  | "issuer"
  | "tenant"
  | "tenant_not_allowed"
  | "audience"
  | "authorized_party"
  | "nonce"
  | "expired"
  | "not_yet_valid"
  | "subject";

/**
 * Verifies an ID token: signature, issuer (with the tenant), audience, authorized party, nonce, expiry, not-before and
 * issued-at (OpenID Connect Core 1.0 section 3.1.3.7; Microsoft identity platform, "Claims validation").
 * @returns its claims.
 * @throws AppError `id_token_invalid` with `details.reason`, a `TokenFault`; network errors of fetching the keys as they are.
 */
export async function verifyIdToken(token: string, expected: TokenExpectations): Promise<Claims> {
  const claims = await verifySignature(token, expected.keys, expected.now, "ID token");
  requireIssuer(claims, expected.issuer);
  requireAudience(claims, expected.clientId);
  if (expected.nonce !== null && claims.nonce !== expected.nonce) {
    throw invalid("nonce", "The ID token belongs to another sign-in: its nonce is not the one that was sent.");
  }
  if (typeof claims.exp !== "number" || typeof claims.iat !== "number") {
    throw invalid("malformed", "The ID token does not say when it was issued and until when it is valid.");
  }
  if (typeof claims.sub !== "string" || claims.sub === "") {
    throw invalid("subject", "The ID token does not say whom it is about (sub).");
  }
  return claims;
}

/**
 * Verifies signature and times of a JWT alone, for an access token whose audience is an API.
 * @throws AppError `id_token_invalid`
 */
export async function verifySignature(
  token: string,
  keys: JWTVerifyGetKey,
  now: number,
  noun: string,
): Promise<Claims> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: signingAlgorithms,
      clockTolerance: toleranceSeconds,
      currentDate: new Date(now),
    });
    if (typeof payload.iat === "number" && payload.iat > now / 1000 + toleranceSeconds) {
      throw invalid("not_yet_valid", `The ${noun} says that it was issued in the future.`, clockHint);
    }
    return payload;
  } catch (err) {
    throw explain(err, noun, token);
  }
}

const clockHint = "Compare the clock of the machine that Sallyport runs on with the provider's.";

function explain(err: unknown, noun: string, token: string): unknown {
  if (err instanceof errors.JWTExpired) return invalid("expired", `The ${noun} has expired.`, clockHint);
  if (err instanceof errors.JWTClaimValidationFailed) {
    return err.claim === "nbf"
      ? invalid("not_yet_valid", `The ${noun} is not valid yet.`, clockHint)
      : invalid("malformed", `The claim ${err.claim} of the ${noun} can't be used.`);
  }
  if (err instanceof errors.JOSEAlgNotAllowed) {
    const message = `The ${noun} is signed with ${readAlgorithm(token)}. Only signatures by a key pair are accepted.`;
    return invalid(
      "algorithm",
      message,
      "Have the provider sign ID tokens with RS256 or another asymmetric algorithm.",
    );
  }
  if (err instanceof errors.JWSSignatureVerificationFailed) {
    return invalid("signature", `The signature of the ${noun} is not the provider's.`);
  }
  if (err instanceof errors.JWKSNoMatchingKey) {
    return invalid("unknown_key", `The ${noun} is signed with a key that the provider does not publish.`, keysHint);
  }
  if (err instanceof errors.JOSEError) return invalid("malformed", `The ${noun} can't be read.`);
  return err;
}

/** Of a header that nobody has verified, for the message. */
function readAlgorithm(token: string): string {
  const alg = String(decodeProtectedHeader(token).alg);
  return /^[\w-]{1,20}$/.test(alg) ? alg : "an unknown algorithm";
}

const keysHint = "Check the JWKS URL of the credential.";

function requireIssuer(claims: Claims, expected: ExpectedIssuer): void {
  const issuer = typeof claims.iss === "string" ? claims.iss : "";
  if (expected.kind === "exact") {
    if (issuer !== expected.issuer) {
      throw invalid(
        "issuer",
        `The ID token was issued by ${issuer || "nobody"} instead of ${expected.issuer}.`,
        issuerHint,
      );
    }
    const tenant = tenantOf(expected.issuer);
    if (tenant && claims.tid !== undefined && String(claims.tid).toLowerCase() !== tenant) {
      throw invalid("tenant", "The ID token is of another tenant than its issuer.");
    }
    return;
  }
  const tid = typeof claims.tid === "string" && guid.test(claims.tid) ? claims.tid.toLowerCase() : "";
  if (tid === "" || issuer.toLowerCase() !== expected.template.replace("{tenantid}", tid).toLowerCase()) {
    throw invalid("issuer", `The ID token was issued by ${issuer || "nobody"}, which is no tenant of this authority.`);
  }
  const isPersonal = tid === personalTenant;
  if (expected.accounts === "work" && isPersonal) {
    throw invalid("tenant", "This is a personal Microsoft account; only work or school accounts may sign in here.");
  }
  if (expected.accounts === "personal" && !isPersonal) {
    throw invalid("tenant", "This is a work or school account; only personal Microsoft accounts may sign in here.");
  }
  // Whoever runs a tenant decides which roles its people have: in an application for many tenants the claims of a stranger's
  // say whatever the stranger likes.
  if (!isPersonal && !expected.allowed.includes("*") && !expected.allowed.includes(tid)) {
    throw invalid(
      "tenant_not_allowed",
      `The tenant ${tid} is not among the Allowed tenants of the credential.`,
      "Add it if its people may sign in; each tenant decides itself which roles its people have. Or put your tenant's id into the Endpoint URL.",
    );
  }
}

const issuerHint = "Check the Endpoint URL, the tenant in it and the issuer of the credential.";

function tenantOf(issuer: string): string | null {
  const tenant = /^https:\/\/[^/]+\/([^/]+)\/v2\.0$/.exec(issuer)?.[1] ?? "";
  return guid.test(tenant) ? tenant.toLowerCase() : null;
}

function requireAudience(claims: Claims, clientId: string): void {
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(clientId)) {
    throw invalid(
      "audience",
      "The ID token is meant for another application.",
      "Check the Client ID of the credential.",
    );
  }
  if ((audiences.length > 1 || claims.azp !== undefined) && claims.azp !== clientId) {
    throw invalid("authorized_party", "The ID token was issued to another application (azp).");
  }
}

function invalid(reason: TokenFault, message: string, hint?: string): AppError {
  return new AppError("id_token_invalid", message, { hint, details: { reason } });
}
