import { z } from "zod";
import { keyRoles, roles } from "#lib/access/permissions/permissions.ts";

/** NIST SP 800-63B section 3.1.1.2: length decides, no composition rules; the upper end only bounds the work. */
export const minPasswordLength = 12;
export const maxPasswordLength = 256;

export const commonPasswordFault = "must not be one that many people use";

/**
 * Why a password can't be used, or null when it can.
 * @param username whose password it is to be; a password that is the username in any case is refused.
 */
export function findPasswordFault(password: string, username: string): string | null {
  const length = [...password].length;
  if (length < minPasswordLength) return `must have at least ${minPasswordLength} characters; this one has ${length}`;
  if (length > maxPasswordLength) return `must have at most ${maxPasswordLength} characters`;
  const folded = password.normalize("NFKC").toLowerCase();
  if (folded === username.normalize("NFKC").toLowerCase()) return "must not be the username";
  if (new Set(folded).size < 4) return "must have at least 4 different characters";
  return null;
}

const username = z
  .string("Enter a username.")
  .trim()
  .min(1, "Enter a username.")
  .max(200, "A username has at most 200 characters.")
  .regex(/^[\p{L}\p{N}._@+-]*$/u, "Letters, digits and . _ @ + - only.");

const displayName = z.string().trim().max(200, "A name has at most 200 characters.");

const newPassword = z
  .string("Enter a password.")
  .max(maxPasswordLength * 2, `A password has at most ${maxPasswordLength} characters.`)
  .superRefine((password, context) => {
    const fault = findPasswordFault(password, "");
    if (fault) context.addIssue({ code: "custom", message: `The password ${fault}.` });
  });

/** A role for all nodes (`nodeId` null) or for a node and what is under it. */
export const grantSchema = z.object({
  role: z.enum(roles, "Choose a role."),
  nodeId: z.uuid("Choose a node.").nullable().default(null),
});

const grants = z
  .array(grantSchema)
  .max(100, "At most 100 roles.")
  .superRefine((list, context) => {
    const seen = new Set<string>();
    list.forEach(({ role, nodeId }, index) => {
      const key = `${role} ${nodeId}`;
      if (seen.has(key))
        context.addIssue({ code: "custom", path: [index, "role"], message: "This role stands twice." });
      seen.add(key);
    });
  });

/** A new local account. */
export const userInput = z
  .object({
    username,
    displayName: displayName.default(""),
    roles: grants.default([]),
    password: newPassword
      .nullish()
      .meta({ description: "Write-only. Left out: one is made up and shown once in the answer." }),
    mustChangePassword: z
      .boolean()
      .optional()
      .meta({ description: "Ask for a new password at the next sign-in. Left out: yes if the password was made up." }),
  })
  .superRefine((input, context) => {
    const fault = input.password ? findPasswordFault(input.password, input.username) : null;
    if (fault === null || context.issues.length > 0) return;
    context.addIssue({ code: "custom", path: ["password"], message: `The password ${fault}.` });
  });
export type UserFields = z.output<typeof userInput>;

const version = z.int32().positive().meta({ description: "The version that the edit was made from." });

/** An edit of a user: the version that it was made from, and what to change. */
export const userUpdate = z.object({
  version,
  displayName: displayName.optional(),
  roles: grants.optional(),
  disabled: z.boolean().optional(),
});
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

export const ownNameInput = z.object({ displayName });

const text = z.string().trim().max(200);
const cursor = z.string().max(2000).optional();
const limit = z.coerce.number<string | number>().int().min(1).max(200).default(50);

export const userSorts = ["username", "displayName", "lastSignInAt", "createdAt"] as const;
export type UserSort = (typeof userSorts)[number];

export const userQuery = z.object({
  q: text.optional().meta({ description: "Part of the username or the name." }),
  role: z.enum(roles).optional(),
  status: z.enum(["enabled", "disabled"]).optional(),
  sort: z.enum([...userSorts, ...userSorts.map((name) => `-${name}` as const)]).default("username"),
  cursor,
  limit,
});
export type UserQuery = z.input<typeof userQuery>;

export const sessionQuery = z.object({
  q: text.optional().meta({ description: "Part of the username, the name, the address or the profile's name." }),
  userId: z.uuid().optional(),
  credentialId: z.uuid().optional().meta({ description: "Signed in with this credential profile." }),
  method: z.enum(["local", "profile"]).optional().meta({ description: "With a password here, or at a provider." }),
  mfa: z.enum(["yes", "no"]).optional().meta({ description: "Whether a second factor was verified." }),
  status: z.enum(["active", "ended"]).default("active"),
  cursor,
  limit,
});
export type SessionQuery = z.input<typeof sessionQuery>;

/** A new API key. */
export const apiKeyInput = z.object({
  name: z.string("Enter a name.").trim().min(1, "Enter a name.").max(100, "A name has at most 100 characters."),
  role: z.enum(keyRoles, "Choose a role."),
  nodeId: z.uuid("Choose a node.").nullable().default(null),
  expiresAt: z.iso
    .datetime({ offset: true, error: "Enter a time like 2027-01-31T12:00:00Z." })
    .nullable()
    .default(null)
    .meta({ description: "Null: never." }),
});
export type ApiKeyFields = z.output<typeof apiKeyInput>;

export const apiKeySorts = ["name", "createdAt", "lastUsedAt", "expiresAt"] as const;
export type ApiKeySort = (typeof apiKeySorts)[number];

export const apiKeyQuery = z.object({
  q: text.optional().meta({ description: "Part of the name or the beginning of the key." }),
  status: z.enum(["active", "expired", "revoked"]).optional(),
  sort: z.enum([...apiKeySorts, ...apiKeySorts.map((name) => `-${name}` as const)]).default("name"),
  cursor,
  limit,
});
export type ApiKeyQuery = z.input<typeof apiKeyQuery>;

/** One thing by its id, for actions. */
export const idInput = z.object({ id: z.uuid() });
