import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import { Agent, fetch } from "undici";
import type { OpaqueToken } from "./opaque-token.ts";

/** A token that the sample service accepts. */
export interface VerifiedToken {
  clientId: string;
  audience: string;
  tokenId: string;
  /** Milliseconds since 1970. */
  expiresAtMs: number;
  roles: readonly string[];
}

type Verdict = { token: VerifiedToken } | { problem: string };

export interface TokenVerifier {
  verify(token: string): Promise<Verdict>;
  /** A token that was found good before and still is; without any cryptography. */
  recall(token: string): VerifiedToken | undefined;
  close(): Promise<void>;
}

export interface VerifierOptions {
  /** Issuers and where their keys are. */
  issuers: readonly { issuer: string; jwksUri: string }[];
  audiences: readonly string[];
  ca: string;
  isRevoked(token: VerifiedToken): boolean;
  findOpaqueToken(value: string): Promise<OpaqueToken | undefined>;
}

const TOKENS_REMEMBERED = 1000;

/** Makes the verifier of bearer tokens: signature, issuer, audience, times (RFC 9068, section 4), and not taken back. */
export function createTokenVerifier(options: VerifierOptions): TokenVerifier {
  const { issuers, audiences, ca, isRevoked, findOpaqueToken } = options;
  const dispatcher = new Agent({ connect: { ca } });
  const keySets = new Map(
    issuers.map(({ issuer, jwksUri }) => [
      issuer,
      createRemoteJWKSet(new URL(jwksUri), {
        cooldownDuration: 0,
        [customFetch]: async (url, init) => {
          const { method, headers, signal, redirect } = init;
          const answer = await fetch(url, { method, headers: [...headers], signal, redirect, dispatcher });
          return new Response(await answer.text(), { status: answer.status });
        },
      }),
    ]),
  );
  const known = new Map<string, VerifiedToken>();

  function remember(value: string, token: VerifiedToken): void {
    if (known.size >= TOKENS_REMEMBERED) for (const oldest of [...known.keys()].slice(0, 100)) known.delete(oldest);
    known.set(value, token);
  }

  function recall(value: string): VerifiedToken | undefined {
    const token = known.get(value);
    if (token && token.expiresAtMs > Date.now() && !isRevoked(token)) return token;
    if (token) known.delete(value);
    return undefined;
  }

  async function verify(value: string): Promise<Verdict> {
    const recalled = recall(value);
    if (recalled) return { token: recalled };
    const verdict = value.split(".").length === 3 ? await verifyJwt(value) : await verifyOpaque(value);
    if ("problem" in verdict) return verdict;
    if (isRevoked(verdict.token)) return { problem: "the token was revoked" };
    remember(value, verdict.token);
    return verdict;
  }

  async function verifyJwt(value: string): Promise<Verdict> {
    try {
      const { payload } = await jwtVerify(
        value,
        (header, jws) => {
          const keys = keySets.get(readIssuer(value));
          if (!keys) throw new errors.JWTClaimValidationFailed("the issuer is not trusted here", {}, "iss", "unknown");
          return keys(header, jws);
        },
        { issuer: [...keySets.keys()], audience: [...audiences], algorithms: ["RS256"], requiredClaims: ["exp"] },
      );
      const roles = Array.isArray(payload.roles) ? payload.roles.map(String) : [];
      return {
        token: {
          clientId: String(payload.azp ?? payload.appid ?? payload.client_id ?? payload.sub),
          audience: String(payload.aud),
          tokenId: payload.jti ?? "",
          expiresAtMs: (payload.exp ?? 0) * 1000,
          roles,
        },
      };
    } catch (error) {
      return { problem: describeProblem(error) };
    }
  }

  async function verifyOpaque(value: string): Promise<Verdict> {
    const found = await findOpaqueToken(value);
    if (!found) return { problem: "the token is not known" };
    if (!audiences.includes(found.audience)) return { problem: `the audience ${found.audience} is not this service` };
    if (found.expiresAt * 1000 <= Date.now()) return { problem: "the token expired" };
    const { clientId, audience, tokenId, expiresAt } = found;
    return { token: { clientId, audience, tokenId, expiresAtMs: expiresAt * 1000, roles: [] } };
  }

  return { verify, recall, close: () => dispatcher.close() };
}

function readIssuer(jwt: string): string {
  try {
    return String(JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")).iss);
  } catch {
    return "";
  }
}

function describeProblem(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return "the audience of the token is not this service";
    return `the claim ${error.claim} of the token is not right`;
  }
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey) {
    return "the signature of the token is not right";
  }
  return "the token is malformed";
}
