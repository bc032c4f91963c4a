import { getEnv } from "#lib/platform/env/env.ts";

/** The redirect URI of every User credential, to be registered at the provider. */
export function getRedirectUri(): string {
  return `${getEnv().url}/api/credentials/callback`;
}
