import { createHash, randomBytes } from "node:crypto";
import type Provider from "oidc-provider";
import type { AdapterFactory, IssuedToken, ProviderContext } from "oidc-provider";
import { createInteractionPolicy, loadGrant } from "./interactions.ts";
import { renderSignedOut, renderSignOut } from "./pages.ts";
import type { Directory } from "./people.ts";
import type { ClientRegistry } from "./registry.ts";
import type { TokenIds } from "./revocation.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** What both personalities of the provider are made from. */
export interface ProviderParts {
  /** `https://localhost:PORT` */
  origin: string;
  tenantId: string;
  registry: ClientRegistry;
  people: Directory;
  keys: SigningKeys;
  tokenIds: TokenIds;
  /** Where oidc-provider keeps sessions, codes, grants and opaque tokens. */
  memory: AdapterFactory;
}

const COOKIE_KEYS = [randomBytes(32).toString("base64url")];
const HOUR = 60 * 60;

/** The settings of oidc-provider that both personalities share. */
export function shareSettings(parts: ProviderParts, mountPath: string, provider: () => Provider) {
  const lifetimeOf = (_ctx: ProviderContext, token: IssuedToken) =>
    parts.registry.find(token.clientId)?.tokenLifetimeSeconds ?? HOUR;
  return {
    jwks: { keys: parts.keys.current() },
    cookies: { keys: COOKIE_KEYS },
    // msal-node rounds the times of its assertions: they may lie half a second ahead.
    clockTolerance: 5,
    acrValues: ["http://schemas.openid.net/pape/policies/2007/06/multi-factor", "urn:sandbox:mfa"],
    conformIdTokenClaims: false,
    clientBasedCORS: () => false,
    interactions: {
      policy: createInteractionPolicy(),
      url: (_ctx: ProviderContext, interaction: { uid: string }) => `${mountPath}/interaction/${interaction.uid}`,
    },
    loadExistingGrant: (ctx: ProviderContext) => loadGrant(provider(), ctx),
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx: ProviderContext, client: { grantTypeAllowed(grant: string): boolean }) =>
      client.grantTypeAllowed("refresh_token"),
    ttl: {
      AccessToken: lifetimeOf,
      ClientCredentials: lifetimeOf,
      AuthorizationCode: 60,
      IdToken: HOUR,
      RefreshToken: 24 * HOUR,
      Interaction: HOUR,
      Session: 24 * HOUR,
      Grant: 24 * HOUR,
    },
  };
}

/** The features that both personalities share. */
export const SHARED_FEATURES = {
  devInteractions: { enabled: false },
  clientCredentials: { enabled: true },
  claimsParameter: { enabled: true },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource(ctx: ProviderContext, form: string) {
      ctx.body = renderSignOut(form);
    },
    postLogoutSuccessSource(ctx: ProviderContext) {
      ctx.type = "html";
      ctx.body = renderSignedOut();
    },
  },
};

/** A GUID that is always the same for a name. */
export function deriveGuid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
