"use server";
import { z } from "zod";
import { renameSelf } from "#lib/access/accounts/own-account.ts";
import { changeOwnPassword } from "#lib/access/accounts/passwords.ts";
import { signOutEverywhere } from "#lib/access/accounts/revoke-session.ts";
import { currentPasswordInput, ownNameInput, ownPasswordInput, totpCodeInput } from "#lib/access/accounts/schema.ts";
import {
  beginTotp,
  confirmTotp,
  removeOwnSecondFactor,
  renewRecoveryCodes,
} from "#lib/access/accounts/second-factor.ts";
import { protectedAction } from "#lib/web/action.ts";

export const renameMe = protectedAction({ permission: "self", schema: ownNameInput }, renameSelf);

export const changeMyPassword = protectedAction({ permission: "self", schema: ownPasswordInput }, (ctx, input) =>
  changeOwnPassword(ctx, input),
);

export const signOutMyOthers = protectedAction({ permission: "self", schema: z.object({}) }, (ctx) =>
  signOutEverywhere(ctx, { keepThis: true }),
);

export const beginMyTotp = protectedAction({ permission: "self", schema: currentPasswordInput }, (ctx, input) =>
  beginTotp(ctx, input),
);

export const confirmMyTotp = protectedAction({ permission: "self", schema: totpCodeInput }, (ctx, input) =>
  confirmTotp(ctx, input),
);

export const renewMyRecoveryCodes = protectedAction(
  { permission: "self", schema: currentPasswordInput },
  (ctx, input) => renewRecoveryCodes(ctx, input),
);

export const removeMySecondFactor = protectedAction(
  { permission: "self", schema: currentPasswordInput },
  (ctx, input) => removeOwnSecondFactor(ctx, input),
);
