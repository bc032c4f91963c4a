/** A parameter or a header. */
export type NameValue = { name: string; value: string; secret?: boolean };

/** What a grant reads of a client. */
export type GrantClient = { scope: string; endpointUrl: string; tokenParameters: readonly NameValue[] };

/** A call of msal-node: one of its application's methods, and what is passed to it. */
export type MsalCall = {
  method: "acquireTokenByClientCredential" | "acquireTokenByCode" | "acquireTokenByRefreshToken";
  request: { scopes: string[]; [name: string]: unknown };
  /** The scope that is sent in place of msal's; none when empty. */
  scope: string;
  /** Endpoints of many tenants (`common`) can't issue these tokens. */
  needsTenant: boolean;
};

/** A token request before the client authentication and the extra parameters are added to it. */
export type GrantRequest = {
  /** `grant_type` */
  grantType: string;
  /** The query of the endpoint URL has the grant type, so the body doesn't repeat it. */
  isGrantInUrl?: boolean;
  parameters: Record<string, string>;
  /** Sent without client authentication when the client has no secret (RFC 6749 section 2.1). */
  allowsPublicClient: boolean;
  /** The same at Microsoft Entra ID; null where Entra ID or msal-node doesn't offer the grant. */
  msal: MsalCall | null;
};

/** A grant that credentials of a type use. Its file imports nothing of Node, since the form reads its facts. */
export type GrantKind = {
  credentialType: "application" | "user";
  /** In the form and on the credential's page. */
  label: string;
  /** Parameters of its token requests, renewals included; a credential's `tokenParameters` can't replace them. */
  parameters: readonly string[];
};
