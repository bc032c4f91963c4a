import { z } from "zod";
import { getSession, listSessions } from "#lib/access/accounts/list-sessions.ts";
import { revokeSession } from "#lib/access/accounts/revoke-session.ts";
import { sessionQuery } from "#lib/access/accounts/schema.ts";
import { id, instant, pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const session = named(
  "Session",
  z.object({
    id,
    userId: id,
    username: z.string(),
    displayName: z.string(),
    method: z.string().meta({ description: "`local`, or the credential profile's name." }),
    credentialId: id.nullable().meta({ description: "The credential profile; null for local accounts." }),
    nodeId: id.nullable().meta({ description: "The node that the person chose to sign in at." }),
    nodeName: z.string().nullable(),
    mfaMethod: z
      .string()
      .nullable()
      .meta({ description: "Which second factor was verified (`totp`, `recovery code`, `provider: …`); null: none." }),
    createdAt: instant,
    lastSeenAt: instant,
    expiresAt: instant.meta({ description: "When it ends if it is not used from now on." }),
    address: z.string(),
    userAgent: z.string(),
    status: z.enum(["active", "expired", "revoked"]),
    revokedAt: instant.nullable(),
    revokedReason: z.string().nullable(),
  }),
);

export const sessionEndpoints = [
  defineEndpoint({
    tag: "Sessions",
    permission: "sessions.read",
    method: "get",
    path: "/sessions",
    summary: "List sessions of people, newest first",
    query: sessionQuery,
    answer: pageOf(session),
    run: (ctx, { query }) => listSessions(ctx, query),
  }),
  defineEndpoint({
    tag: "Sessions",
    permission: "sessions.read",
    method: "get",
    path: "/sessions/{id}",
    summary: "Read a session",
    answer: session,
    run: (ctx, input) => getSession(ctx, input.id),
  }),
  defineEndpoint({
    tag: "Sessions",
    permission: "sessions.revoke",
    method: "delete",
    path: "/sessions/{id}",
    summary: "End a session",
    description: "Whoever uses it is signed out with the next request.",
    run: (ctx, input) => revokeSession(ctx, input.id),
  }),
];
