import type { Role } from "../identity/permissions.ts";

export const credentialTypes = ["application", "user"] as const;
export type CredentialType = (typeof credentialTypes)[number];

export const grantTypes = { application: "client_credentials", user: "authorization_code" } as const;
export type GrantType = (typeof grantTypes)[CredentialType];

export const providers = ["entra", "generic"] as const;
export type Provider = (typeof providers)[number];

export const clientAuthentications = ["client_secret_post", "client_secret_basic", "private_key_jwt"] as const;
export type ClientAuthentication = (typeof clientAuthentications)[number];

export const credentialStatuses = [
  "unverified",
  "active",
  "expiring",
  "degraded",
  "action_needed",
  "disabled",
] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];

export type RoleMapping = { claimValue: string; role: Role; nodeId: string | null };
