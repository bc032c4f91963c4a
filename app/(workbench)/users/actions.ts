"use server";
import { z } from "zod";
import { createUser, deleteUser, updateUser } from "#lib/access/accounts/edit-users.ts";
import { resetPassword } from "#lib/access/accounts/passwords.ts";
import { revokeSessionsOf } from "#lib/access/accounts/revoke-session.ts";
import { idInput, mfaPolicyInput, passwordReset, userInput, userUpdate } from "#lib/access/accounts/schema.ts";
import { resetSecondFactor } from "#lib/access/accounts/second-factor.ts";
import { setMfaPolicy } from "#lib/access/sessions/mfa-policy.ts";
import { protectedAction } from "#lib/web/action.ts";

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
