import { z } from "zod";
import { roles } from "#lib/access/permissions/permissions.ts";
import { readBack } from "#lib/platform/definitions/derive.ts";
import { field } from "#lib/platform/definitions/field.ts";
import { id, instant, version } from "#lib/platform/definitions/members.ts";
import { findPasswordFault, maxPasswordLength } from "./password-rules.ts";

/** A password that someone enters twice or gets from an admin, without the rules that depend on the username. */
export const newPassword = z
  .string("Enter a password.")
  .max(maxPasswordLength * 2, `A password has at most ${maxPasswordLength} characters.`)
  .superRefine((password, context) => {
    const fault = findPasswordFault(password, "");
    if (fault) context.addIssue({ code: "custom", message: `The password ${fault}.` });
  });

/** A role for all nodes (`nodeId` null) or for a node and what is under it. */
export const grantFields = {
  role: field("Role", z.enum(roles, "Choose a role.")),
  nodeId: field(
    "Where",
    z
      .uuid("Choose a node.")
      .nullable()
      .default(null)
      .meta({ description: "The node that it holds for, with what is under it; null is all nodes." }),
  ),
};

const grants = z
  .array(z.object(grantFields))
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

/** A role as pages and the API show it: with the node's name. */
const roleDetail = z.object({ ...readBack(grantFields), nodeName: z.string().nullable() });
export type RoleDetail = z.output<typeof roleDetail>;

export const userFields = {
  username: field(
    "Username",
    z
      .string("Enter a username.")
      .trim()
      .min(1, "Enter a username.")
      .max(200, "A username has at most 200 characters.")
      .regex(/^[\p{L}\p{N}._@+-]*$/u, "Letters, digits and . _ @ + - only."),
  ),
  displayName: field("Name", z.string().trim().max(200, "A name has at most 200 characters.").default("")),
  roles: field("Roles", grants.default([]), { stored: z.array(roleDetail) }),
  disabled: field("Disabled", z.boolean().default(false)),
  password: field(
    "Password",
    newPassword.nullish().meta({ description: "Write-only. Left out: one is made up and shown once in the answer." }),
    { kept: "secret" },
  ),
  mustChangePassword: field(
    "Ask for a new password at the first sign-in",
    z
      .boolean()
      .optional()
      .meta({ description: "Ask for a new password at the next sign-in. Left out: yes if the password was made up." }),
    { stored: z.boolean().meta({ description: "A new password is asked for at the next sign-in." }) },
  ),
};

/** One user. */
export const userDetail = z.object({
  id,
  version,
  ...readBack(userFields),
  source: z.string().meta({ description: "`local`, or the issuer of an external identity." }),
  lastSignInAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
  activeSessions: z.int(),
  secondFactor: z
    .object({ setAt: instant, recoveryCodesLeft: z.int() })
    .nullable()
    .meta({ description: "The authenticator app of a local account; null: none is set up." }),
});
export type UserDetail = z.output<typeof userDetail>;

/** A row of the list. */
export const userSummary = userDetail.omit({
  passwordSetAt: true,
  updatedAt: true,
  activeSessions: true,
  secondFactor: true,
});
export type UserSummary = z.output<typeof userSummary>;
