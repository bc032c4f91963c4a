import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname } from "node:path";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { ensureCertificates } from "#sandbox/certificates.ts";
import { type Listening, listen } from "./test-servers.ts";

/** How a test lets the provider misbehave; left out, it behaves. */
export type Behaviour = {
  /** Changes the claims of the ID token. */
  claims?: (claims: JWTPayload) => JWTPayload;
  /** `none`: alg none. `public_key`: HS256 with the public key as secret. `stranger`: another key under the same kid. */
  sign?: "good" | "none" | "public_key" | "stranger" | "tampered";
  /** `iss` of the answer (RFC 9207): null leaves it out, a text is sent in place of the issuer. */
  iss?: string | null;
  /** Answers of the token endpoint in place of tokens. */
  tokenError?: { error: string; error_description?: string };
  /** Answers of the authorization endpoint in place of a code. */
  error?: { error: string; error_description?: string };
  /** Beside the ID token. */
  accessToken?: (claims: JWTPayload) => Promise<string> | string;
  userinfo?: Record<string, unknown>;
  discovery?: Record<string, unknown>;
};

type Issued = { nonce: string; clientId: string; challenge: string; issuer: string; isUsed: boolean };

/** A provider that a test commands: it signs in whoever comes as `person`, at once, without a page. */
export type TestProvider = Listening & {
  /** `https://localhost:PORT` */
  origin: string;
  /** Of the ordinary provider; of an Entra-like one it is `${origin}/${tenant}/v2.0`. */
  issuer: string;
  person: JWTPayload;
  behaviour: Behaviour;
  /** Signs with a new key; the old one is no longer published. */
  rotateKeys: () => Promise<void>;
  /** Codes in the order in which they were issued. */
  codes: string[];
  /** `GET /p/jwks` and the like, in order. */
  asked: string[];
  signAccessToken: (claims: JWTPayload) => Promise<string>;
  /** The parameters of the authorization requests, in order. */
  requests: URLSearchParams[];
};

const minute = 60;

/**
 * Starts a provider at `/p`, and at `/{tenant}/…` with Entra's paths, over https with the sandbox's certificates.
 * @param caFile of the sandbox.
 */
export async function startTestProvider(caFile: string): Promise<TestProvider> {
  const { key, cert } = await ensureCertificates(dirname(caFile));
  const issued = new Map<string, Issued>();
  let keys = await makeKeys();

  const provider: TestProvider = {
    port: 0,
    origin: "",
    issuer: "",
    person: {
      sub: "subject-1",
      oid: randomUUID(),
      preferred_username: "pat@example.com",
      name: "Pat",
      roles: ["Staff"],
    },
    behaviour: {},
    rotateKeys: async () => {
      keys = await makeKeys();
    },
    codes: [],
    asked: [],
    requests: [],
    signAccessToken: (claims) => sign(claims, keys.privateKey),
    close: async () => undefined,
    reset: () => undefined,
  };

  const sign = (claims: JWTPayload, by: CryptoKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: keys.jwk.kid }).sign(by);

  async function signIdToken(claims: JWTPayload): Promise<string> {
    const how = provider.behaviour.sign ?? "good";
    if (how === "none") return new UnsecuredJWT(claims).encode();
    if (how === "stranger") return sign(claims, (await generateKeyPair("RS256")).privateKey);
    if (how === "public_key") {
      const secret = new TextEncoder().encode(JSON.stringify(keys.jwk));
      return new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: keys.jwk.kid }).sign(secret);
    }
    const token = await sign(claims, keys.privateKey);
    if (how === "good") return token;
    const [header, , signature] = token.split(".");
    const other = Buffer.from(JSON.stringify({ ...claims, sub: "someone-else" })).toString("base64url");
    return `${header}.${other}.${signature}`;
  }

  async function issueTokens(form: URLSearchParams): Promise<[number, object]> {
    if (provider.behaviour.tokenError) return [400, provider.behaviour.tokenError];
    const found = issued.get(form.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!found || found.isUsed || found.challenge !== challenge) return [400, { error: "invalid_grant" }];
    found.isUsed = true;
    const now = Math.floor(Date.now() / 1000);
    const plain: JWTPayload = {
      iss: found.issuer,
      aud: found.clientId,
      nonce: found.nonce,
      iat: now,
      nbf: now,
      exp: now + 60 * minute,
      ...provider.person,
    };
    const claims = provider.behaviour.claims?.(plain) ?? plain;
    const tokens = {
      token_type: "Bearer",
      expires_in: 3600,
      access_token: (await provider.behaviour.accessToken?.(plain)) ?? "opaque-access-token",
      refresh_token: "a-refresh-token",
      id_token: await signIdToken(claims),
    };
    return [200, tokens];
  }

  function authorize(query: URLSearchParams, issuer: string): string {
    provider.requests.push(query);
    const back = new URL(query.get("redirect_uri") ?? "");
    const { error, iss } = provider.behaviour;
    const answer: Record<string, string> = { state: query.get("state") ?? "" };
    if (error) Object.assign(answer, error);
    else {
      const code = randomUUID();
      provider.codes.push(code);
      issued.set(code, {
        nonce: query.get("nonce") ?? "",
        clientId: query.get("client_id") ?? "",
        challenge: query.get("code_challenge") ?? "",
        issuer,
        isUsed: false,
      });
      answer.code = code;
    }
    if (iss !== null && iss !== undefined) answer.iss = iss;
    for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value);
    return back.href;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", provider.origin);
    provider.asked.push(`${request.method} ${url.pathname}`);
    const json = (status: number, value: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const tenant = url.pathname.split("/")[1] ?? "";
    const of = /^[0-9a-f-]{36}$/.test(String(provider.person.tid)) ? provider.person.tid : tenant;
    const issuer = tenant === "p" ? provider.issuer : `${provider.origin}/${of}/v2.0`;
    if (url.pathname.endsWith("/authorize")) {
      return void response.writeHead(303, { location: authorize(url.searchParams, issuer) }).end();
    }
    if (url.pathname.endsWith("/token")) {
      let body = "";
      for await (const chunk of request) body += chunk;
      return void json(...(await issueTokens(new URLSearchParams(body))));
    }
    if (url.pathname.endsWith("/jwks") || url.pathname.endsWith("/keys")) return void json(200, { keys: [keys.jwk] });
    if (url.pathname.endsWith("/userinfo")) return void json(200, provider.behaviour.userinfo ?? {});
    if (url.pathname.endsWith("/openid-configuration")) {
      return void json(200, {
        issuer,
        authorization_endpoint: `${provider.origin}/${tenant}/authorize`,
        token_endpoint: `${provider.origin}/${tenant}/token`,
        jwks_uri: `${provider.origin}/${tenant}/jwks`,
        userinfo_endpoint: `${provider.origin}/${tenant}/userinfo`,
        ...provider.behaviour.discovery,
      });
    }
    response.writeHead(404).end();
  }

  const listening = await listen(
    (request, response) => void serve(request, response).catch(() => response.writeHead(500).end()),
    { key, cert },
  );
  const origin = `https://localhost:${listening.port}`;
  return Object.assign(provider, listening, { origin, issuer: `${origin}/p` });
}

async function makeKeys() {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: "RS256", use: "sig" } };
}
