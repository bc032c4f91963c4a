import { z } from "zod";
import { userDetail, userSummary } from "#lib/access/accounts/definition.ts";
import { createUser, deleteUser, updateUser } from "#lib/access/accounts/edit-users.ts";
import { getUser, listUsers } from "#lib/access/accounts/list-users.ts";
import { resetPassword } from "#lib/access/accounts/passwords.ts";
import { revokeSessionsOf } from "#lib/access/accounts/revoke-session.ts";
import { mfaPolicyInput, passwordReset, userInput, userQuery, userUpdate } from "#lib/access/accounts/schema.ts";
import { resetSecondFactor } from "#lib/access/accounts/second-factor.ts";
import { getMfaPolicy, mfaPolicy, setMfaPolicy } from "#lib/access/sessions/mfa-policy.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const user = named("User", userDetail);
const madeUpPassword = z
  .string()
  .nullable()
  .meta({ description: "The password if it was made up; it is told this once. Null if you sent one." });

const policy = named("MfaPolicy", mfaPolicy);

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
    answer: pageOf(named("UserSummary", userSummary)),
    run: (ctx, { query }) => listUsers(ctx, query),
  }),
  defineEndpoint({
    ...write,
    method: "post",
    path: "/users",
    summary: "Create a local account",
    body: named("UserInput", userInput),
    example: { username: "anna", displayName: "Anna", roles: [{ role: "operator", nodeId: null }] },
    answer: named("CreatedUser", userDetail.extend({ password: madeUpPassword })),
    status: 201,
    problems: ["name_taken"],
    run: async (ctx, { body }) => {
      const { user: created, password } = await createUser(ctx, body);
      return { ...created, password };
    },
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/users/{id}",
    summary: "Read a user",
    answer: user,
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
    answer: user,
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
    ...write,
    method: "delete",
    path: "/users/{id}/second-factor",
    summary: "Remove a user's second factor",
    description: "For who lost the phone and the recovery codes. The sessions end.",
    problems: ["conflict"],
    run: (ctx, input) => resetSecondFactor(ctx, input.id),
  }),
  defineEndpoint({
    ...read,
    method: "get",
    path: "/mfa-policy",
    summary: "Read which roles demand a second factor",
    answer: policy,
    run: (ctx) => getMfaPolicy(ctx),
  }),
  defineEndpoint({
    ...write,
    method: "patch",
    path: "/mfa-policy",
    summary: "Decide which roles demand a second factor",
    description:
      "Holds with the next request of each session: one that has seen none reaches only the account page. API keys are not concerned.",
    body: named("MfaPolicyInput", mfaPolicyInput),
    example: { requiredFor: ["admin"] },
    answer: policy,
    run: (ctx, { body }) => setMfaPolicy(ctx, body),
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
