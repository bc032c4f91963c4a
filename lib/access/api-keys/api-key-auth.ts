import { hash } from "node:crypto";
import { and, eq, isNull, lt, or } from "drizzle-orm";
import { apiKeys } from "#drizzle/schema/api-keys.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { ActorGrant } from "#lib/access/permissions/permissions.ts";
import type { Actor } from "#lib/platform/audit/actor.ts";
import { createChangeCache } from "#lib/platform/db/change-cache.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";
import { getLog } from "#lib/platform/log/log.ts";

/** `last_used_at` is written at most this often per key and process. */
const usedEveryMs = 60_000;

type KnownKey = {
  actor: Extract<Actor, { kind: "api_key" }>;
  grants: readonly ActorGrant[];
  /** Milliseconds since the epoch, Infinity for a key without an end. */
  expiresAt: number;
  usedNotedAt: number;
};

const findKey = createChangeCache("api keys", loadKey);

/** SHA-256 of a key as the table has it; a key has 256 bits of its own, so no slow hash is needed. */
export function hashApiKey(key: string): string {
  return hash("sha256", key, "base64url");
}

/**
 * Who an API key is. A known key costs a SHA-256 and a Map lookup, and is answered without a promise; it is asked of the
 * database again after any change of configuration, so a revoked key is refused within 2 s on every process.
 * @param key the bearer token as sent. @param address of the client, for audit records.
 * @throws AppError `sign_in_required`
 */
export function authenticateApiKey(key: string, address: string | null, now = Date.now()): Context | Promise<Context> {
  const known = findKey(hashApiKey(key));
  return known instanceof Promise ? known.then((read) => admit(read, address, now)) : admit(known, address, now);
}

async function loadKey(keyHash: string): Promise<KnownKey> {
  const [row] = await getDb()
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)));
  if (!row) {
    throw new AppError("sign_in_required", "This API key is not known or was revoked.", {
      hint: "Send Authorization: Bearer <api key>. Keys are made under Administration > API keys.",
    });
  }
  return {
    actor: { kind: "api_key", id: row.id, name: `API key ${row.name}` },
    grants: [{ role: row.role, nodeId: row.nodeId }],
    expiresAt: row.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
    usedNotedAt: row.lastUsedAt?.getTime() ?? 0,
  };
}

function admit(known: KnownKey, address: string | null, now: number): Context {
  if (now >= known.expiresAt) {
    throw new AppError(
      "sign_in_required",
      `${known.actor.name} expired on ${new Date(known.expiresAt).toISOString()}.`,
      {
        hint: "Make a new one under Administration > API keys.",
      },
    );
  }
  if (now - known.usedNotedAt > usedEveryMs) {
    known.usedNotedAt = now;
    void noteUse(known.actor.id, new Date(now));
  }
  return { actor: known.actor, grants: known.grants, address };
}

/** Beside the request, not in its way: that it fails is logged and nothing more. */
async function noteUse(id: string, at: Date): Promise<void> {
  try {
    const before = new Date(at.getTime() - usedEveryMs);
    const unnoted = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before));
    await getDb()
      .update(apiKeys)
      .set({ lastUsedAt: at })
      .where(and(eq(apiKeys.id, id), unnoted));
  } catch (err) {
    getLog().warn({ err }, "the last use of an API key could not be noted");
  }
}
