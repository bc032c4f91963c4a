"use server";
import { revokeSession } from "#lib/access/accounts/revoke-session.ts";
import { idInput } from "#lib/access/accounts/schema.ts";
import { protectedAction } from "#lib/web/action.ts";

/** One's own session, or anybody's for admins; the use-case decides. */
export const endOneSession = protectedAction({ permission: "self", schema: idInput }, (ctx, { id }) =>
  revokeSession(ctx, id),
);
