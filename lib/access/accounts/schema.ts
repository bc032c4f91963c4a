import { z } from "zod";
import { roles } from "#lib/access/permissions/permissions.ts";
import { editOf } from "#lib/platform/definitions/derive.ts";
import { pageQuery, sortBy } from "#lib/platform/definitions/list-query.ts";
import { newPassword, userFields } from "./definition.ts";
import { findPasswordFault } from "./password-rules.ts";

/** A new local account. */
export const userInput = z
  .object(userFields)
  .omit({ disabled: true })
  .superRefine((input, context) => {
    const fault = input.password ? findPasswordFault(input.password, input.username) : null;
    if (fault === null || context.issues.length > 0) return;
    context.addIssue({ code: "custom", path: ["password"], message: `The password ${fault}.` });
  });
export type UserFields = z.output<typeof userInput>;

/** An edit of a user: the version that it was made from, and what to change. */
export const userUpdate = editOf(userFields).pick({ version: true, displayName: true, roles: true, disabled: true });
export type UserUpdate = z.output<typeof userUpdate>;

/** A reset by an admin: the given password or a made-up one, to be changed at the next sign-in. */
export const passwordReset = z.object({ password: newPassword.nullish() });
export type PasswordReset = z.output<typeof passwordReset>;

export const ownPasswordInput = z.object({
  currentPassword: z.string().min(1, "Enter your current password.").max(1000),
  newPassword,
});
export type OwnPasswordInput = z.output<typeof ownPasswordInput>;

/** The same for the form, which asks for the new password twice. */
export const ownPasswordForm = ownPasswordInput
  .extend({ repeated: z.string() })
  .refine((form) => form.newPassword === form.repeated, {
    path: ["repeated"],
    message: "The two passwords differ.",
  });

/** What asks for the password once more. */
export const currentPasswordInput = ownPasswordInput.pick({ currentPassword: true });

/** A code from an authenticator app. */
export const totpCodeInput = z.object({
  code: z
    .string()
    .max(40)
    .transform((code) => code.replace(/\s/g, ""))
    .pipe(z.string().regex(/^\d{6}$/, "Enter the six digits that the app shows.")),
});

/** Which roles demand a second factor. */
export const mfaPolicyInput = z.object({
  requiredFor: z
    .array(z.enum(roles))
    .max(roles.length)
    .meta({ description: "The roles whose sessions must have seen a second factor. API keys are not concerned." }),
});

export const ownNameInput = z.object({ displayName: userFields.displayName.unwrap() });

const text = z.string().trim().max(200);

export const userQuery = z.object({
  q: text.optional().meta({ description: "Part of the username or the name." }),
  role: z.enum(roles).optional(),
  status: z.enum(["enabled", "disabled"]).optional(),
  sort: sortBy("username", "displayName", "lastSignInAt", "createdAt"),
  ...pageQuery,
});
export type UserQuery = z.input<typeof userQuery>;

export const sessionQuery = z.object({
  q: text.optional().meta({ description: "Part of the username, the name, the address or the profile's name." }),
  userId: z.uuid().optional(),
  credentialId: z.uuid().optional().meta({ description: "Signed in with this credential profile." }),
  method: z.enum(["local", "profile"]).optional().meta({ description: "With a password here, or at a provider." }),
  mfa: z.enum(["yes", "no"]).optional().meta({ description: "Whether a second factor was verified." }),
  status: z.enum(["active", "ended"]).default("active"),
  ...pageQuery,
});
export type SessionQuery = z.input<typeof sessionQuery>;

/** One thing by its id, for actions. */
export const idInput = z.object({ id: z.uuid() });
