/** Labels of the form's fields that an explanation may point at, by their names in form and API. */
export const fieldLabels: Record<string, string> = {
  name: "Credential Name",
  provider: "Provider",
  endpointUrl: "Endpoint URL",
  clientId: "Client ID",
  clientAuthentication: "Client authentication",
  clientSecret: "Client Secret",
  privateKey: "Private key",
  certificate: "Certificate",
  scope: "Scope",
  tokenParameters: "Token parameters",
  tokenHeaders: "Token request headers",
  tokenMember: "Token member",
  acceptAnyTokenType: "Accept any token type",
  "proxy.mode": "Proxy Settings",
  "proxy.url": "Proxy URL",
  "proxy.username": "Proxy user",
  "proxy.password": "Proxy password",
  "proxy.bypass": "Hosts without proxy",
  allowedHosts: "Allowed destinations",
  discoveryUrl: "Discovery URL",
  issuer: "Issuer",
  authorizationUrl: "Authorization URL",
  jwksUrl: "JWKS URL",
  mfa: "Multi-factor authentication",
  mfaContext: "Authentication context",
  allowedTenants: "Allowed tenants",
};

/** A hint that begins with the field's label, unless it names it already. */
export function nameField(field: string | null, hint: string): string {
  const label = field === null ? undefined : fieldLabels[field];
  if (!label || hint === "") return hint;
  return hint.toLowerCase().includes(label.toLowerCase()) ? hint : `${label}: ${hint}`;
}
