import { v7 } from "uuid";
import { credentials } from "#drizzle/schema/credentials.ts";
import { credentialAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";

type Row = Partial<typeof credentials.$inferInsert>;

/**
 * Stores many Application credentials of one provider at once, for tests and benchmarks of scale; each has worked before
 * and is due now.
 * @param overrides of a row by its number.
 * @returns their ids.
 */
export async function insertManyCredentials(
  count: number,
  endpointUrl: string,
  overrides: (index: number) => Row = () => ({}),
): Promise<string[]> {
  const ids: string[] = [];
  const past = new Date(Date.now() - 60_000);
  for (let from = 0; from < count; from += 500) {
    const rows = Array.from({ length: Math.min(500, count - from) }, (_, offset) => {
      const id = v7();
      ids.push(id);
      const destination = {
        id,
        type: "application" as const,
        provider: "generic" as const,
        endpointUrl,
        discoveryUrl: null,
        issuer: null,
        authorizationUrl: null,
        jwksUrl: null,
        allowedTenants: [],
        allowedHosts: [],
        proxy: { mode: "none" as const },
        trustedCaId: null,
      };
      return {
        ...destination,
        name: `Many ${id}`,
        clientId: `client-${from + offset}`,
        clientSecretEnvelope: sealSecret("a secret", credentialAad(destination, "clientSecret")),
        clientSecretSetAt: past,
        scope: "api",
        status: "active" as const,
        statusReason: "",
        workedVersion: 1,
        nextCheckAt: past,
        updatedAt: past,
        ...overrides(from + offset),
      };
    });
    await getDb().insert(credentials).values(rows);
  }
  return ids;
}
