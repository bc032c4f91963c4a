import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Context as HonoContext } from "hono";
import { z } from "zod";
import type { Context } from "#lib/access/permissions/context.ts";
import { type Action, isAllowedSomewhere } from "#lib/access/permissions/permissions.ts";
import { AppError, type ErrorCode, notFound } from "#lib/platform/errors/app-error.ts";
import { getCorrelation } from "#lib/platform/log/correlation.ts";
import { getLog } from "#lib/platform/log/log.ts";
import { countApiRequest } from "#lib/platform/metrics/count.ts";
import type { Authenticate } from "./authenticate.ts";
import { logProblem, problemHeaders, toProblem } from "./problem.ts";
import { parseInput, readJson, readQuery } from "./read-input.ts";

export type ApiContext = HonoContext<{ Bindings: HttpBindings }>;

/** What a use-case gets from the request: `id` of the path (a UUID, "" when the path has none), query and body, parsed. */
export type EndpointInput<Q, B> = { id: string; query: Q; body: B };

/**
 * One operation of the REST API: enough to serve it and to describe it in the OpenAPI document.
 * Q, B and A are the zod schemas of query, body and answer; without one, the operation has none.
 */
export type EndpointDefinition<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> = {
  method: "get" | "post" | "patch" | "delete";
  /** Below /api/v1; `{id}` is the only parameter. */
  path: string;
  /** Heading in the OpenAPI document. */
  tag: string;
  summary: string;
  description?: string;
  /** What the key's role must allow somewhere; which node it holds for is checked by the use-case. */
  permission: Action;
  query?: Q;
  body?: B;
  /** The largest body that is read, in bytes; 1 MiB unless said otherwise. */
  maxBodyBytes?: number;
  /** A body that a program may send, for the document. */
  example?: z.input<B>;
  answer?: A;
  /** 200 if there is an answer and 204 if not, unless said otherwise; 201 adds the header Location. */
  status?: 200 | 201;
  /** Problems that callers should expect beside the common ones (401, 403, 404, 422, 500, 503). */
  problems?: ErrorCode[];
  run: (ctx: Context, input: EndpointInput<z.output<Q>, z.output<B>>) => Promise<z.output<A>> | z.output<A>;
};

export type Endpoint = Omit<EndpointDefinition<z.ZodType, z.ZodType, z.ZodType>, "run"> & {
  run: (ctx: Context, input: EndpointInput<never, never>) => unknown;
};

/** Declares an operation; the types of `run` follow from the schemas. */
export function defineEndpoint<
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(definition: EndpointDefinition<Q, B, A>): Endpoint {
  return definition;
}

/** The headers of every answer: nothing is stored, sniffed, framed or run. */
const safeHeaders = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
};
const jsonHeaders = { ...safeHeaders, "Content-Type": "application/json" };

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The handler of an operation: key, permission, input, use-case, answer; whatever is thrown becomes a problem. A query
 * parameter that is not known is refused, since a mistyped filter would answer too much; a member of a body that is not
 * known is left out, so that what was read may be sent back with a change.
 */
export function handleEndpoint(
  endpoint: Endpoint,
  authenticate: Authenticate,
): (context: ApiContext) => Promise<Response> {
  const { method, permission, body } = endpoint;
  const query = endpoint.query instanceof z.ZodObject ? endpoint.query.strict() : endpoint.query;
  const noun = endpoint.path.split("/")[1]?.replace(/-/g, " ").replace(/ies$/, "y").replace(/s$/, "") ?? "thing";
  const hasId = endpoint.path.includes("{id}");
  const operation = `${method.toUpperCase()} ${endpoint.path}`;
  const handle = async (context: ApiContext): Promise<Response> => {
    const requestId = randomUUID();
    try {
      const { incoming } = context.env;
      const ctx = await authenticate(incoming);
      requireSomewhere(ctx, permission);
      const id = hasId ? (context.req.param("id") ?? "") : "";
      if (hasId && !uuid.test(id)) throw notFound(noun, id.slice(0, 100));
      const input = {
        id,
        query: query && parseInput(query, readQuery(context.req.url)),
        body: body && parseInput(body, (await readJson(incoming, endpoint.maxBodyBytes)) ?? {}),
      };
      const answer = await endpoint.run(ctx, input as EndpointInput<never, never>);
      getLog().debug({ requestId, method, path: context.req.path, actor: ctx.actor.name }, "a request of a program");
      return answerSuccess(endpoint, context.req.path, answer, requestId);
    } catch (thrown) {
      return answerProblem(thrown, method, context.req.path, requestId);
    }
  };
  return counted(operation, handle);
}

type Handle = (context: ApiContext) => Promise<Response>;

/** A handler whose answers stand in the metrics. @param operation as `POST /triggers/{id}/run`, never the path itself. */
export function counted(operation: string, handle: Handle): Handle {
  return async (context) => {
    const began = performance.now();
    const response = await handle(context);
    countApiRequest(operation, response.status, (performance.now() - began) / 1000);
    return response;
  };
}

function answerSuccess({ answer, status = 200 }: Endpoint, path: string, value: unknown, requestId: string): Response {
  if (!answer) return new Response(null, { status: 204, headers: { ...safeHeaders, ...idHeaders(requestId) } });
  const headers: Record<string, string> = { ...jsonHeaders, ...idHeaders(requestId) };
  if (status === 201) headers.Location = `${path}/${(value as { id: string }).id}`;
  return new Response(JSON.stringify(value), { status, headers });
}

/** Answers a run, with where it can be read. */
export function answerRun(run: { id: string }, status: 200 | 202, requestId: string): Response {
  const headers = { ...jsonHeaders, ...idHeaders(requestId), Location: `/api/v1/runs/${run.id}` };
  return new Response(JSON.stringify(run), { status, headers });
}

/** The id of this request alone, and of all that it belongs to. */
function idHeaders(requestId: string): Record<string, string> {
  return { "X-Request-Id": requestId, "X-Correlation-Id": getCorrelation()?.id ?? requestId };
}

/** The first fence: a key whose role never allows the action is refused before anything is read. */
function requireSomewhere(ctx: Context, action: Action): void {
  if (isAllowedSomewhere(ctx.grants, action)) return;
  throw new AppError("forbidden", `The role of ${ctx.actor.name} does not allow this (${action}).`, {
    hint: "Use a key with a role that does; GET /api/v1/openapi.json names the roles of each operation.",
  });
}

/** Answers a thrown value as a problem and logs it under the same request id. */
export function answerProblem(
  thrown: unknown,
  method: string,
  path: string,
  requestId: string = randomUUID(),
): Response {
  const problem = toProblem(thrown, requestId, getCorrelation()?.id);
  logProblem(thrown, problem, { method: method.toUpperCase(), path });
  const headers = { ...safeHeaders, ...idHeaders(requestId), ...problemHeaders(problem) };
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

/** Answers a document that needs no key. */
export function answerJson(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: jsonHeaders });
}
