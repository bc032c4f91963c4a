import Provider, { type errors, type IssuedToken, type ProviderContext } from "oidc-provider";
import { RESOURCES } from "./clients.ts";
import { explainRefusal, refuseMissingScope, refuseResource, refuseScope, shapeEntraError } from "./entra-errors.ts";
import { serveInteractions } from "./interactions.ts";
import { renderProblem } from "./pages.ts";
import { GROUPS_IN_TOKEN, type Person } from "./people.ts";
import { deriveGuid, type ProviderParts, SHARED_FEATURES, shareSettings } from "./provider-settings.ts";
import { adaptRegistry } from "./registry.ts";

const DEFAULT_SCOPE = "/.default";
const ROUTES = {
  authorization: "/oauth2/v2.0/authorize",
  token: "/oauth2/v2.0/token",
  jwks: "/discovery/v2.0/keys",
  userinfo: "/oidc/userinfo",
  end_session: "/oauth2/v2.0/logout",
};
const ID_TOKEN_CLAIMS = ["sub", "oid", "tid", "ver", "name", "preferred_username", "roles", "groups", "amr", "acrs"];

/** The provider as Entra's v2.0 endpoints of one tenant; to be mounted at `/{tenant}`. */
export function createEntraProvider(parts: ProviderParts): Provider {
  const mountPath = `/${parts.tenantId}`;
  const provider: Provider = new Provider(`${parts.origin}${mountPath}/v2.0`, {
    ...shareSettings(parts, mountPath, () => provider),
    adapter: adaptRegistry(parts.registry, "entra", parts.memory),
    features: { ...SHARED_FEATURES, resourceIndicators: { enabled: false } },
    routes: ROUTES,
    scopes: ["openid", "profile", "email", "offline_access"],
    claims: { openid: ID_TOKEN_CLAIMS, email: ["email"] },
    pkce: { required: () => false },
    findAccount: (_ctx: ProviderContext, subject: string, token?: { amr?: string[] }) =>
      findAccount(parts, subject, token?.amr ?? []),
    formats: { customizers: { jwt: dressAccessToken(parts) } },
    renderError(ctx: ProviderContext, out: { error: string; error_description?: string }, error: unknown) {
      const shaped = shapeEntraError(explain(ctx, out, error as errors.OIDCProviderError));
      ctx.type = "html";
      ctx.body = renderProblem(shaped.error, shaped.error_description);
    },
  });
  provider.registerGrantType("client_credentials", (ctx) => grantClientCredentials(provider, ctx), ["scope"]);
  provider.use(serveInteractions(() => provider, mountPath, parts.people));
  answerTokenRequestsLikeEntra(provider);
  return provider;
}

/** Microsoft identity platform, "OAuth 2.0 client credentials flow": one resource, as `RESOURCE/.default`. */
async function grantClientCredentials(provider: Provider, ctx: ProviderContext): Promise<void> {
  const scope = ctx.oidc.params.scope?.trim() ?? "";
  if (!scope) throw refuseMissingScope();
  if (scope.includes(" ") || !scope.endsWith(DEFAULT_SCOPE)) throw refuseScope(scope);
  const resource = scope.slice(0, -DEFAULT_SCOPE.length);
  if (!RESOURCES.includes(resource)) throw refuseResource(resource);

  const token = new provider.ClientCredentials({ client: ctx.oidc.client });
  token.resourceServer = new provider.ResourceServer(resource, {
    scope: "",
    audience: resource,
    accessTokenFormat: "jwt",
    jwt: { sign: { alg: "RS256" } },
  });
  const accessToken = await token.save();
  ctx.body = {
    token_type: "Bearer",
    expires_in: token.expiration,
    ext_expires_in: token.expiration,
    access_token: accessToken,
  };
}

/** Gives an application's token the claims of Entra's v2.0 access tokens. */
function dressAccessToken({ tenantId, registry, tokenIds }: ProviderParts) {
  return (_ctx: ProviderContext, token: IssuedToken, jwt: { payload: Record<string, unknown> }) => {
    const roles = registry.find(token.clientId)?.roles ?? [];
    const servicePrincipal = deriveGuid(`service principal of ${token.clientId}`);
    const { client_id: _clientId, scope: _scope, ...payload } = jwt.payload;
    jwt.payload = {
      ...payload,
      jti: tokenIds.next(),
      nbf: payload.iat,
      sub: servicePrincipal,
      oid: servicePrincipal,
      tid: tenantId,
      appid: token.clientId,
      azp: token.clientId,
      azpacr: "1",
      idtyp: "app",
      ...(roles.length > 0 ? { roles } : undefined),
      ver: "2.0",
    };
  };
}

function findAccount(parts: ProviderParts, subject: string, amr: string[]) {
  const person = parts.people.find(subject);
  if (!person || person.isDisabled) return undefined;
  return { accountId: person.subject, claims: () => describeClaims(parts, person, amr) };
}

/** Microsoft identity platform, "ID token claims reference" and "Groups overage claim". */
function describeClaims({ origin, tenantId }: ProviderParts, person: Person, amr: string[]): Record<string, unknown> {
  const isOverage = person.groups.length > GROUPS_IN_TOKEN;
  return {
    sub: person.subject,
    oid: person.objectId,
    tid: tenantId,
    ver: "2.0",
    name: person.name,
    preferred_username: person.userName,
    email: person.userName,
    // An authentication context that a Conditional Access policy ties to a second factor.
    ...(amr.includes("mfa") ? { acrs: ["c1"] } : undefined),
    ...(person.roles.length > 0 ? { roles: person.roles } : undefined),
    ...(person.groups.length > 0 && !isOverage ? { groups: person.groups } : undefined),
    ...(isOverage
      ? {
          _claim_names: { groups: "src1" },
          _claim_sources: { src1: { endpoint: `${origin}/${tenantId}/users/${person.objectId}/getMemberObjects` } },
        }
      : undefined),
  };
}

/** Puts errors of the token endpoint into Entra's form, and adds `client_info` for a person's tokens, as MSAL asks. */
function answerTokenRequestsLikeEntra(provider: Provider): void {
  const failures = new WeakMap<ProviderContext, errors.OIDCProviderError>();
  provider.on("grant.error", (ctx, error) => failures.set(ctx, error));
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== ROUTES.token || ctx.method !== "POST") return;
    const body = ctx.body as Record<string, string> | undefined;
    if (body?.id_token) {
      ctx.body = { ...body, ext_expires_in: body.expires_in, client_info: encodeClientInfo(body.id_token) };
    }
    const failure = failures.get(ctx);
    if (!failure) return;
    const refusal = explain(ctx, { error: failure.error }, failure);
    ctx.status = refusal.status;
    ctx.body = shapeEntraError(refusal, String(ctx.req.headers["client-request-id"] ?? ""));
  });
}

function explain(ctx: ProviderContext, out: { error: string }, error: errors.OIDCProviderError) {
  const params: Record<string, unknown> = { ...ctx.oidc.params };
  return explainRefusal({
    error: out.error,
    description: error.error_description ?? "",
    detail: error.error_detail ?? "",
    clientId: ctx.oidc.client?.clientId ?? String(params.client_id ?? ""),
    grantType: String(params.grant_type ?? ""),
  });
}

function encodeClientInfo(idToken: string): string {
  const claims = JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString("utf8"));
  return Buffer.from(JSON.stringify({ uid: claims.oid, utid: claims.tid })).toString("base64url");
}
