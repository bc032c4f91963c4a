import { z } from "zod";
import { createUser } from "../identity/create-user.ts";
import { getUser, listUsers } from "../identity/list-users.ts";
import { resetPassword } from "../identity/passwords.ts";
import { revokeSessionsOf } from "../identity/revoke-session.ts";
import { passwordReset, userInput, userQuery, userUpdate } from "../identity/schema.ts";
import { deleteUser, updateUser } from "../identity/update-user.ts";
import { id, instant, pageOf, roleGrant, version } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const summary = {
  id,
  version,
  username: z.string(),
  displayName: z.string(),
  source: z.string().meta({ description: "`local`, or the issuer of an external identity." }),
  disabled: z.boolean(),
  mustChangePassword: z.boolean(),
  roles: z.array(roleGrant.extend({ nodeName: z.string().nullable() })),
  lastSignInAt: instant.nullable(),
  createdAt: instant,
};
const detail = { ...summary, passwordSetAt: instant.nullable(), updatedAt: instant, activeSessions: z.int() };

const userSummary = named("UserSummary", z.object(summary));
const userDetail = named("User", z.object(detail));
const madeUpPassword = z
  .string()
  .nullable()
  .meta({ description: "The password if it was made up; it is told this once. Null if you sent one." });

const tag = "Users";
const read = { tag, permission: "users.read" } as const;
const write = { tag, permission: "users.write" } as const;

export const userEndpoints = [
  defineEndpoint({
    ...read,
    method: "get",
    path: "/users",
    summary: "List users",
    query: userQuery,
    answer: pageOf(userSummary),
    run: (ctx, { query }) => listUsers(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/users",
    summary: "Create a local account",
    body: named("UserInput", userInput),
    example: { username: "anna", displayName: "Anna", roles: [{ role: "operator", nodeId: null }] },
    answer: named("CreatedUser", z.object({ ...detail, password: madeUpPassword })),
    status: 201,
    problems: ["name_taken"],
    run: async (ctx, { body }) => {
      const { user, password } = await createUser(ctx, body);
      return { ...user, password };
    },
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/users/{id}",
    summary: "Read a user",
    answer: userDetail,
    run: (ctx, input) => getUser(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/users/{id}",
    summary: "Change a user's name or roles, or disable the account",
    description: "Takes effect with the user's next request; disabling ends the sessions. `roles` replaces all roles.",
    body: named("UserUpdate", userUpdate),
    example: { version: 1, roles: [{ role: "engineer", nodeId: null }] },
    answer: userDetail,
    problems: ["stale_version", "conflict"],
    run: (ctx, input) => updateUser(ctx, input.id, input.body),
  }),
  defineEndpoint({
    ...write,
    method: "delete",
    path: "/users/{id}",
    summary: "Delete a user",
    description: "The sessions end; what the user did stays in the audit log. This cannot be undone.",
    problems: ["conflict"],
    run: (ctx, input) => deleteUser(ctx, input.id),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/users/{id}/reset-password",
    summary: "Give a local account a new password",
    description: "It must be changed at the next sign-in; the sessions end.",
    body: named("PasswordReset", passwordReset),
    answer: named("PasswordResetDone", z.object({ password: madeUpPassword })),
    problems: ["conflict"],
    run: (ctx, input) => resetPassword(ctx, input.id, input.body),
  }),
  defineEndpoint({
    tag,
    permission: "sessions.revoke",
    method: "delete",
    path: "/users/{id}/sessions",
    summary: "End all sessions of a user",
    run: async (ctx, input) => void (await revokeSessionsOf(ctx, input.id)),
  }),
];
