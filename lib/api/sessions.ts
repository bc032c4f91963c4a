import { getSession, listSessions } from "#lib/access/accounts/list-sessions.ts";
import { sessionSummary } from "#lib/access/accounts/model.ts";
import { revokeSession } from "#lib/access/accounts/revoke-session.ts";
import { sessionQuery } from "#lib/access/accounts/schema.ts";
import { pageOf } from "./answers.ts";
import { defineEndpoint } from "./endpoint.ts";
import { named } from "./openapi.ts";

const session = named("Session", sessionSummary);

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
