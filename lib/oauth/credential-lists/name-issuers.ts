import { asc, eq } from "drizzle-orm";
import { credentials } from "#drizzle/schema/credentials.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { isTenantOf, readIssuer } from "#lib/oauth/credential-edits/issuer.ts";
import { getDb } from "#lib/platform/db/client.ts";

/**
 * Names the User credentials that trust issuers, by issuer; of several with one issuer the oldest.
 * @throws AppError `forbidden`
 */
export async function nameIssuers(ctx: Context, issuers: readonly string[]): Promise<Map<string, string>> {
  requirePermission(ctx, "credentials.read");
  if (issuers.length === 0) return new Map();
  const { id, name, type, provider, endpointUrl, issuer, discoveryUrl, jwksUrl } = credentials;
  const rows = await getDb()
    .select({ name, provider, endpointUrl, issuer, discoveryUrl, jwksUrl })
    .from(credentials)
    .where(eq(type, "user"))
    .orderBy(asc(id));
  const known = rows.map((row) => ({ name: row.name, issuer: readIssuer(row) }));
  const find = (wanted: string) =>
    known.find((one) => one.issuer === wanted) ?? known.find((one) => one.issuer && isTenantOf(one.issuer, wanted));
  return new Map(
    [...new Set(issuers)].flatMap((given) => {
      const found = find(given.toLowerCase().replace(/\/$/, ""));
      return found ? [[given, found.name] as const] : [];
    }),
  );
}
