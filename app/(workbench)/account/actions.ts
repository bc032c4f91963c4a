"use server";
import { z } from "zod";
import { renameSelf } from "#lib/identity/own-account.ts";
import { changeOwnPassword } from "#lib/identity/passwords.ts";
import { signOutEverywhere } from "#lib/identity/revoke-session.ts";
import { ownNameInput, ownPasswordInput } from "#lib/identity/schema.ts";
import { protectedAction } from "#lib/web/action.ts";

export const renameMe = protectedAction({ permission: "self", schema: ownNameInput }, renameSelf);

export const changeMyPassword = protectedAction({ permission: "self", schema: ownPasswordInput }, (ctx, input) =>
  changeOwnPassword(ctx, input),
);

export const signOutMyOthers = protectedAction({ permission: "self", schema: z.object({}) }, (ctx) =>
  signOutEverywhere(ctx, { keepThis: true }),
);
