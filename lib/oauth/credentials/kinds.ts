export const credentialTypes = ["application", "user"] as const;
export type CredentialType = (typeof credentialTypes)[number];

export const grantTypes = { application: "client_credentials", user: "authorization_code" } as const;

export const providers = ["entra", "generic"] as const;
export type Provider = (typeof providers)[number];

/** Worst first: the order of the list when it is sorted by status (drizzle/schema/credentials.ts has the index). */
export const credentialStatuses = [
  "action_needed",
  "degraded",
  "expiring",
  "unverified",
  "active",
  "disabled",
] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];
