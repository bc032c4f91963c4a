import type { OpenUserCredential } from "#lib/oauth/credentials/model.ts";
import type { MappingSettings } from "../claims.ts";

type MappingFields = Pick<
  OpenUserCredential,
  "provider" | "claimsSource" | "jwtUsernameKey" | "jwtRolesKey" | "roleMapping" | "defaultRole"
>;

/** What a credential says about the claims of those who sign in with it. */
export function toMappingSettings(credential: MappingFields): MappingSettings {
  return {
    provider: credential.provider,
    claimsSource: credential.claimsSource,
    jwtUsernameKey: credential.jwtUsernameKey ?? "preferred_username",
    jwtRolesKey: credential.jwtRolesKey ?? "roles",
    roleMapping: credential.roleMapping,
    defaultRole: credential.defaultRole,
  };
}
