/** What a client can prove itself with, decrypted. */
export type ClientSecrets = {
  clientId: string;
  clientSecret: string | null;
  /** PEM, PKCS #8. */
  privateKey: string | null;
  /** PEM, the leaf first. */
  certificate: string | null;
};

/** What a method adds to a token request: form fields and a header as they are sent, or a key to sign an assertion with. */
export type RequestPart = {
  form?: Record<string, string>;
  authorization?: string;
  signWith?: { privateKey: string; certificate: string | null };
};

/** The `auth` settings of msal-node that a method stands for; the thumbprint of a certificate is added to them. */
export type MsalPart =
  | { clientSecret: string }
  | { clientAssertion: string }
  | { clientCertificate: { privateKey: string; x5c: string } };

/**
 * A client authentication (OpenID Connect Core 1.0 section 9, RFC 8705 section 2). Its file imports nothing of Node, since the form
 * reads its facts.
 */
export type ClientAuthenticationMethod = {
  /** In the form and on the credential's page. */
  label: string;
  needsSecret: boolean;
  needsKey: boolean;
  /** The certificate in TLS is the proof. */
  isMutualTls: boolean;
  /** The request is signed and valid for minutes, so clocks that differ can be why it's refused. */
  dependsOnClock: boolean;
  /** Parameters of the token request that the method decides. */
  parameters: readonly string[];
  /** @throws AppError `invalid_input` when a secret or key isn't set. */
  build: (client: ClientSecrets) => RequestPart;
  /** The same for Microsoft Entra ID through msal-node; left out where Entra ID doesn't offer the method. */
  buildForMsal?: (client: ClientSecrets) => MsalPart;
};
