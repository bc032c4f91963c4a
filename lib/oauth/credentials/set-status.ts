import { and, eq } from "drizzle-orm";
import { v7 } from "uuid";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { credentials } from "#drizzle/schema/credentials.ts";
import { getDb } from "#lib/platform/db/client.ts";
import type { CredentialStatus } from "./kinds.ts";
import type { CredentialEvent } from "./model.ts";
import { statusOfWorking } from "./secret-expiry.ts";
import type { Reader } from "./store.ts";

/** What an attempt to get a token says about a credential. */
export type StatusChange = {
  /** `active` becomes `expiring` by itself when the secret or certificate ends within 30 days. */
  status: Exclude<CredentialStatus, "disabled" | "expiring">;
  /** In words, for people; left out for `active`. */
  statusReason?: string;
  statusField?: string | null;
  errorCode?: string | null;
  providerCode?: string | null;
  checkedAt: Date;
  nextCheckAt: Date | null;
  /** Left out keeps what is known of the token in hand. */
  tokenExpiresAt?: Date | null;
  /** Since when attempts fail, null when the last one succeeded. */
  failingSince: Date | null;
  /** Milliseconds; since when the endpoint refuses without a reason, left out when it does not. */
  unexplainedSince?: number | null;
  failures: number;
};

/**
 * Notes how a credential does. Nothing happens when it was edited or disabled meanwhile: the news is about another
 * configuration then.
 * @param version the configuration version that the attempt used.
 * @returns whether it was noted.
 */
export async function setCredentialStatus(
  id: string,
  version: number,
  change: StatusChange,
  db: Reader = getDb(),
): Promise<boolean> {
  const current = and(eq(credentials.id, id), eq(credentials.version, version), eq(credentials.enabled, true));
  const works = change.status === "active";
  const told = works ? await readWorkingStatus(id, change.checkedAt, db) : null;
  const rows = await db
    .update(credentials)
    .set({
      status: told?.status ?? change.status,
      statusReason: told?.statusReason ?? change.statusReason ?? "",
      statusField: works ? null : (change.statusField ?? null),
      errorCode: works ? null : (change.errorCode ?? null),
      providerCode: works ? null : (change.providerCode ?? null),
      lastCheckedAt: change.checkedAt,
      nextCheckAt: change.nextCheckAt,
      tokenExpiresAt: change.tokenExpiresAt,
      failingSince: change.failingSince,
      unexplainedSince: change.unexplainedSince == null ? null : new Date(change.unexplainedSince),
      failures: change.failures,
      workedVersion: works ? version : undefined,
    })
    .where(current)
    .returning({ id: credentials.id });
  return rows.length > 0;
}

async function readWorkingStatus(id: string, now: Date, db: Reader) {
  const [row] = await db
    .select({
      clientAuthentication: credentials.clientAuthentication,
      presentCertificate: credentials.presentCertificate,
      secretExpiresOn: credentials.secretExpiresOn,
      certificate: credentials.certificate,
    })
    .from(credentials)
    .where(eq(credentials.id, id));
  return row ? statusOfWorking(row, now) : null;
}

/** An event as it is recorded; what is left out is null, `proxy` is `none`. */
export type NewCredentialEvent = Pick<
  CredentialEvent,
  "credentialId" | "credentialVersion" | "kind" | "cause" | "outcome" | "durationMs"
> &
  Partial<
    Pick<
      CredentialEvent,
      "errorCode" | "httpStatus" | "providerCode" | "description" | "correlationId" | "proxy" | "runId"
    >
  > & {
    at?: Date;
    tokenExpiresAt?: Date | null;
    details?: Record<string, unknown>;
  };

/**
 * Adds a line to a credential's event log and returns its id. Nothing happens when the credential is gone meanwhile.
 * Never hand in a token or a secret.
 */
export async function recordCredentialEvent(event: NewCredentialEvent, db: Reader = getDb()): Promise<string> {
  const id = v7();
  const alive = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(eq(credentials.id, event.credentialId))
    .for("key share");
  if (alive.length > 0)
    await db.insert(credentialEvents).values({ ...event, id, durationMs: Math.round(event.durationMs) });
  return id;
}
