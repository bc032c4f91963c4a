"use server";
import { z } from "zod";
import { createUser, deleteUser, updateUser } from "#lib/access/accounts/edit-users.ts";
import { resetPassword } from "#lib/access/accounts/passwords.ts";
import { revokeSessionsOf } from "#lib/access/accounts/revoke-session.ts";
import { idInput, mfaPolicyInput, passwordReset, userInput, userUpdate } from "#lib/access/accounts/schema.ts";
import { resetSecondFactor } from "#lib/access/accounts/second-factor.ts";
import { findNodeOptions } from "#lib/access/nodes/find-node-options.ts";
import { setMfaPolicy } from "#lib/access/sessions/mfa-policy.ts";
import { protectedAction } from "#lib/web/action.ts";
import { everywhere } from "./_components/everywhere.ts";

export const addUser = protectedAction({ permission: "users.write", schema: userInput }, createUser);

export const saveUser = protectedAction(
  { permission: "users.write", schema: userUpdate.extend({ id: z.uuid() }) },
  (ctx, { id, ...update }) => updateUser(ctx, id, update),
);

export const resetUserPassword = protectedAction(
  { permission: "users.write", schema: passwordReset.extend({ id: z.uuid() }) },
  (ctx, { id, ...input }) => resetPassword(ctx, id, input),
);

export const removeSecondFactor = protectedAction({ permission: "users.write", schema: idInput }, (ctx, { id }) =>
  resetSecondFactor(ctx, id),
);

export const saveMfaPolicy = protectedAction({ permission: "users.write", schema: mfaPolicyInput }, setMfaPolicy);

export const removeUser = protectedAction({ permission: "users.write", schema: idInput }, (ctx, { id }) =>
  deleteUser(ctx, id),
);

export const signUserOut = protectedAction({ permission: "sessions.revoke", schema: idInput }, (ctx, { id }) =>
  revokeSessionsOf(ctx, id),
);

/** Where a role can be granted: all nodes, and nodes by part of their name. */
export const findGrantNodes = protectedAction(
  {
    permission: "users.write",
    schema: z.object({ q: z.string().max(200), include: z.array(z.uuid().or(z.literal(everywhere.value))).max(10) }),
  },
  async (ctx, { q, include }) => {
    const nodes = await findNodeOptions(ctx, {
      action: "nodes.read",
      q,
      include: include.filter((id) => id !== everywhere.value),
    });
    const options = nodes.map(({ id, label }) => ({ value: id, label }));
    return everywhere.label.toLowerCase().includes(q.trim().toLowerCase()) ? [everywhere, ...options] : options;
  },
);
