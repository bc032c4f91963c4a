import type { TLSSocket } from "node:tls";
import Provider, { errors, type IssuedToken, type ProviderContext } from "oidc-provider";
import { GENERIC_SCOPES, ORDERS_AUDIENCE, RESOURCES } from "./clients.ts";
import { serveInteractions } from "./interactions.ts";
import { renderProblem } from "./pages.ts";
import type { Directory } from "./people.ts";
import { type ProviderParts, SHARED_FEATURES, shareSettings } from "./provider-settings.ts";
import { adaptRegistry, type ClientRegistry } from "./registry.ts";

export const GENERIC_MOUNT_PATH = "/generic";

/** The provider as an ordinary OAuth 2.0 and OpenID Connect server; to be mounted at `/generic`. */
export function createGenericProvider(parts: ProviderParts): Provider {
  const provider: Provider = new Provider(`${parts.origin}${GENERIC_MOUNT_PATH}`, {
    ...shareSettings(parts, GENERIC_MOUNT_PATH, () => provider),
    adapter: adaptRegistry(parts.registry, "generic", parts.memory),
    features: {
      ...SHARED_FEATURES,
      resourceIndicators: { enabled: false },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        tlsClientAuth: true,
        selfSignedTlsClientAuth: true,
        getCertificate: (ctx: ProviderContext) => socketOf(ctx).getPeerX509Certificate(),
        certificateAuthorized: (ctx: ProviderContext) => socketOf(ctx).authorized,
        certificateSubjectMatches: (ctx: ProviderContext, _property: string, expected: string) =>
          socketOf(ctx).getPeerX509Certificate()?.subject === expected,
      },
    },
    clientAuthMethods: [
      "client_secret_basic",
      "client_secret_post",
      "private_key_jwt",
      "tls_client_auth",
      "self_signed_tls_client_auth",
      "none",
    ],
    enabledJWA: { clientAuthSigningAlgValues: ["RS256", "PS256", "ES256", "ES384", "ES512"] },
    routes: {
      authorization: "/authorize",
      token: "/token",
      jwks: "/jwks",
      userinfo: "/userinfo",
      end_session: "/logout",
      introspection: "/introspect",
      revocation: "/revoke",
    },
    scopes: ["openid", "profile", "email", "offline_access", ...GENERIC_SCOPES],
    claims: {
      openid: ["sub", "roles", "groups", "amr", "acr"],
      profile: ["name", "preferred_username"],
      email: ["email"],
    },
    pkce: { required: () => true },
    findAccount: (_ctx: ProviderContext, subject: string) => findAccount(parts.people, subject),
    extraTokenClaims: (_ctx: ProviderContext, token: IssuedToken) =>
      token.format === "opaque" ? { token_id: parts.tokenIds.next() } : undefined,
    formats: {
      customizers: {
        jwt(_ctx: ProviderContext, _token: IssuedToken, jwt: { payload: Record<string, unknown> }) {
          jwt.payload = { ...jwt.payload, jti: parts.tokenIds.next() };
        },
      },
    },
    renderError(ctx: ProviderContext, out: { error: string; error_description?: string }) {
      ctx.type = "html";
      ctx.body = renderProblem(out.error, out.error_description ?? "");
    },
  });
  provider.registerGrantType(
    "client_credentials",
    (ctx) => grantClientCredentials(provider, parts.registry, ctx),
    ["scope", "audience", "resource"],
    ["resource"],
  );
  provider.use(serveInteractions(() => provider, GENERIC_MOUNT_PATH, parts.people));
  return provider;
}

/** RFC 6749, 4.4, with the audience from `audience` or `resource` (RFC 8707). */
async function grantClientCredentials(provider: Provider, registry: ClientRegistry, ctx: ProviderContext) {
  const { params, client } = ctx.oidc;
  const audience = [params.resource ?? params.audience ?? ORDERS_AUDIENCE].flat();
  const [resource] = audience;
  if (audience.length !== 1 || !resource || !RESOURCES.includes(resource)) {
    throw new errors.InvalidTarget(`the audience ${audience.join(" ")} is not known here`);
  }
  const scopes = params.scope ? params.scope.split(" ") : GENERIC_SCOPES;
  const unknown = scopes.find((scope) => !GENERIC_SCOPES.includes(scope));
  if (unknown) throw new errors.InvalidScope("requested scope is not allowed", unknown);

  const token = new provider.ClientCredentials({ client, scope: scopes.join(" ") });
  token.resourceServer = new provider.ResourceServer(resource, {
    scope: GENERIC_SCOPES.join(" "),
    audience: resource,
    accessTokenFormat: registry.find(client.clientId)?.tokenFormat,
    jwt: { sign: { alg: "RS256" } },
  });
  const accessToken = await token.save();
  ctx.body = {
    access_token: accessToken,
    token_type: token.tokenType,
    expires_in: token.expiration,
    scope: token.scope,
  };
}

function socketOf(ctx: ProviderContext): TLSSocket {
  return ctx.req.socket as TLSSocket;
}

function findAccount(people: Directory, subject: string) {
  const person = people.find(subject);
  if (!person || person.isDisabled) return undefined;
  return {
    accountId: person.subject,
    claims: () => ({
      sub: person.subject,
      name: person.name,
      preferred_username: person.userName,
      email: person.userName,
      roles: person.roles,
      groups: person.groups,
    }),
  };
}
