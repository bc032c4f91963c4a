import { and, eq } from "drizzle-orm";
import { v7 } from "uuid";
import { credentials } from "#drizzle/schema/credentials.ts";
import { users } from "#drizzle/schema/users.ts";
import type { Context } from "#lib/access/permissions/context.ts";
import type { Grant } from "#lib/access/permissions/permissions.ts";
import { type Client, createSession, endSession } from "#lib/access/sessions/sessions.ts";
import { findRival, type IssuerSettings } from "#lib/oauth/credential-edits/issuer.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction, type Transaction } from "#lib/platform/db/client.ts";
import { AppError } from "#lib/platform/errors/app-error.ts";

/** Who a provider says it is. Never a name: issuer and subject, for Entra tenant and object id. */
export type ExternalIdentity = { issuer: string; subject: string };

/** A sign-in whose tokens and claims have been verified. */
export type ExternalSignIn = {
  identity: ExternalIdentity;
  username: string;
  displayName: string;
  grants: Grant[];
  credential: { id: string; name: string } & IssuerSettings;
  nodeId: string | null;
  /** Which second factor the provider vouched for, null when none. */
  mfaMethod: string | null;
  nextRenewAt: Date | null;
  sealTokens: (sessionId: string) => string | null;
  /** The session that this browser had: it ends, whoever it belongs to. */
  replaces: string | null;
};

/**
 * Makes a session for somebody whom a provider vouched for, in one transaction: the user is found by issuer and subject,
 * made at the first sign-in, renamed when the claim changed, and linked to nobody by name.
 * @throws AppError `sign_in_refused` with `details.reason` `user_disabled`, `credential_disabled`, or `issuer_taken`
 */
export async function signInExternally(
  input: ExternalSignIn,
  client: Client,
  now = new Date(),
): Promise<{ userId: string; sessionToken: string }> {
  return inTransaction(async (tx) => {
    await requireEnabled(tx, input.credential);
    await refuseRival(tx, input.credential);
    const { user, isNew, before } = await saveUser(tx, input, now);
    if (user.disabled) {
      throw new AppError("sign_in_refused", `The account of ${user.username} is disabled in Sallyport.`, {
        hint: "Ask an admin to enable it.",
        details: { reason: "user_disabled" },
      });
    }
    if (input.replaces) await endSession(tx, input.replaces, "signed in again", now);
    const { credential, nodeId, grants, nextRenewAt, sealTokens, mfaMethod } = input;
    const external = { credentialId: credential.id, nodeId, grants, nextRenewAt, sealTokens };
    const method = credential.name;
    const { id: sessionId, token } = await createSession(tx, {
      userId: user.id,
      method,
      client,
      now,
      external,
      mfaMethod,
    });
    const actor = { kind: "user", id: user.id, name: user.username, sessionId } as const;
    const ctx: Context = { actor, grants: [], address: client.address || null };
    const target = { kind: "user", id: user.id, name: user.username };
    const { issuer, subject } = input.identity;
    if (isNew) {
      const after = { username: user.username, displayName: user.displayName, issuer, subject };
      await recordAudit(tx, ctx, { action: "user.create", target, after });
      await bumpChanges(tx);
    } else if (before && (before.username !== user.username || before.displayName !== user.displayName)) {
      const toAudit = ({ username, displayName, version }: typeof before) => ({ username, displayName, version });
      await recordAudit(tx, ctx, { action: "user.update", target, before: toAudit(before), after: toAudit(user) });
      await bumpChanges(tx);
    }
    await recordAudit(tx, ctx, {
      action: "session.create",
      target: { kind: "session", id: sessionId, name: user.username },
      after: { profile: method, nodeId, roles: grants.map(nameGrant), mfa: mfaMethod },
    });
    return { userId: user.id, sessionToken: token };
  });
}

const nameGrant = ({ role, nodeId }: Grant) => (nodeId === null ? `${role}, all nodes` : `${role}, node ${nodeId}`);

/** Waits for an edit that disables the credential meanwhile, so that no session slips through. */
async function requireEnabled(tx: Transaction, { id, name }: { id: string; name: string }): Promise<void> {
  const [row] = await tx
    .select({ enabled: credentials.enabled })
    .from(credentials)
    .where(eq(credentials.id, id))
    .for("share");
  if (row?.enabled) return;
  throw new AppError("sign_in_refused", `Signing in with ${name} is turned off.`, {
    hint: "Ask an admin, or sign in another way.",
    details: { reason: "credential_disabled" },
  });
}

/** Two credentials from before the rule that an issuer belongs to one provider: the older one keeps the users. */
async function refuseRival(tx: Transaction, credential: ExternalSignIn["credential"]): Promise<void> {
  if (!(await findRival(tx, credential, { olderOnly: true }))) return;
  throw new AppError("sign_in_refused", `Another credential has the issuer of ${credential.name} with other keys.`, {
    hint: "Ask an admin: an issuer belongs to one provider.",
    details: { reason: "issuer_taken" },
  });
}

async function saveUser(tx: Transaction, { identity, username, displayName, grants }: ExternalSignIn, now: Date) {
  const columns = {
    id: users.id,
    username: users.username,
    displayName: users.displayName,
    disabled: users.disabled,
    version: users.version,
  };
  const isIdentity = and(eq(users.issuer, identity.issuer), eq(users.subject, identity.subject));
  const made = await tx
    .insert(users)
    .values({ id: v7(), ...identity, username, displayName, mappedGrants: grants, lastSignInAt: now })
    .onConflictDoNothing({ target: [users.issuer, users.subject] })
    .returning(columns);
  if (made[0]) return { user: made[0], isNew: true, before: null };
  const [before] = await tx.select(columns).from(users).where(isIdentity).for("update");
  if (!before) throw new Error("a user vanished while signing in");
  if (before.disabled) return { user: before, isNew: false, before };
  const renamed = before.username !== username || before.displayName !== displayName;
  const [user] = await tx
    .update(users)
    .set({
      username,
      displayName,
      mappedGrants: grants,
      lastSignInAt: now,
      ...(renamed && { version: before.version + 1, updatedAt: now }),
    })
    .where(eq(users.id, before.id))
    .returning(columns);
  return { user: user!, isNew: false, before };
}
