import { z } from "zod";
import { type Action, isAllowed, roles } from "#lib/access/permissions/permissions.ts";
import { type ErrorCode, errorCodes } from "#lib/platform/errors/app-error.ts";
import type { Endpoint } from "./endpoint.ts";
import { getProblemType } from "./problem-types.ts";

type Json = Record<string, unknown>;

/** Gives a schema the name under which the document lists it; elsewhere it is referred to. */
export function named<S extends z.ZodType>(id: string, schema: S): S {
  return schema.meta({ ...schema.meta(), id });
}

const problemSchema = named(
  "Problem",
  z.object({
    type: z.string().meta({ description: "Which kind of problem; listed at /api/v1/problems." }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What was wrong this time." }),
    instance: z.string().meta({ description: "urn:uuid: and the request's id, also in X-Request-Id and in the log." }),
    code: z.enum(errorCodes).meta({ description: "Stable; branch on this." }),
    hint: z.string().nullable().meta({ description: "What to do about it." }),
    correlationId: z.string().meta({
      description:
        "The trace id of your traceparent, your X-Request-Id, or made; log lines have it, X-Correlation-Id too.",
    }),
    errors: z
      .array(z.object({ field: z.string().meta({ examples: ["proxy.url"] }), message: z.string() }))
      .optional()
      .meta({ description: "Complaints about fields of the input." }),
  }),
);

/** Problems that any operation may answer. */
const commonProblems: ErrorCode[] = ["sign_in_required", "forbidden", "internal", "database_unavailable"];
const bodyProblems: ErrorCode[] = ["malformed_json", "body_too_large", "unsupported_media_type", "invalid_input"];

/** The roles with which a key may have a chance to do something. */
export function rolesFor(action: Action): string[] {
  return roles.filter((role) => isAllowed([{ role, nodeId: null }], action, null));
}

/**
 * The OpenAPI 3.1 document of operations, made from the same schemas that check their input. Schemas are zod's own JSON
 * Schema (2020-12, the dialect of OpenAPI 3.1): what callers send for bodies, what is answered for answers.
 * @param serverUrl public base URL of the portal.
 */
export function describeApi(endpoints: readonly Endpoint[], serverUrl: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = `/api/v1${endpoint.path}`;
    paths[path] = { ...paths[path], [endpoint.method]: describeOperation(endpoint, schemas) };
  }
  toSchema(problemSchema, "output", schemas);
  if (schemas.Run) paths["/api/hooks/{slug}"] = { post: describeHook() };
  return {
    openapi: "3.1.0",
    info: {
      title: "Sallyport",
      version: "1",
      description:
        "OAuth2 credentials, the transports and triggers that use them, and the runs of triggers. Every operation needs an API key as bearer token. Lists are `{items, nextCursor}`; errors are problem documents (RFC 9457) with a stable `code`.",
    },
    servers: [{ url: serverUrl }],
    security: [{ apiKey: [] }],
    tags: [...new Set([...endpoints.map((endpoint) => endpoint.tag), ...(schemas.Run ? ["Webhooks"] : [])])].map(
      (name) => ({ name }),
    ),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "An API key of Administration > API keys." },
      },
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => a.localeCompare(b))),
    },
  };
}

/** What answers a hook with a problem of its own. */
const hookProblems: ErrorCode[] = [
  ...["webhook_signature_invalid", "sign_in_required", "forbidden", "not_found", "trigger_disabled"],
  ...["webhook_message_in_progress", "malformed_json", "body_too_large", "unsupported_media_type", "invalid_input"],
  ...["template_invalid", "too_many_attempts", "queue_full", "too_many_in_progress", "internal"],
  "database_unavailable",
] as ErrorCode[];

/** Webhooks are no part of the REST API: who may send is decided by the trigger, and the body is the sender's. */
function describeHook(): Json {
  const text = (name: string, description: string) => ({ name, in: "header", description, schema: { type: "string" } });
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Run" } } };
  const headers = { Location: { description: "/api/v1/runs/{id}", schema: { type: "string" } } };
  const body = { schema: {} };
  return {
    operationId: "receiveWebhook",
    tags: ["Webhooks"],
    summary: "Send a message to a webhook",
    description:
      "Fires the trigger with this slug. Sign the message as Standard Webhooks says, or send an API key whose role may run the trigger. A repeat with the same webhook-id or Idempotency-Key is answered with the first one's run.",
    security: [{ apiKey: [] }, {}],
    parameters: [
      { name: "slug", in: "path", required: true, schema: { type: "string" } },
      text("webhook-id", "Names the message."),
      text("webhook-timestamp", "When it was sent, in seconds since 1970; five minutes off at most."),
      text("webhook-signature", "v1, and the HMAC-SHA256 of id.timestamp.body in base64."),
      text("Idempotency-Key", "Names the message, where webhook-id does not."),
      text("Prefer", "respond-async: 202 at once, the run is made by a worker."),
    ],
    requestBody: {
      content: { "application/json": body, "application/x-www-form-urlencoded": body, "text/plain": body },
    },
    responses: {
      200: { description: "The finished run, whether it succeeded or not.", headers, content },
      202: { description: "The run is queued.", headers, content },
      ...listProblems(hookProblems),
    },
  };
}

function describeOperation(endpoint: Endpoint, schemas: Json): Json {
  const allowed = rolesFor(endpoint.permission);
  const who =
    allowed.length === roles.length ? "Any role but metrics may ask." : `Needs the role ${allowed.join(" or ")}.`;
  return {
    operationId: operationId(endpoint),
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: [endpoint.description, who].filter(Boolean).join(" "),
    parameters: [...pathParameters(endpoint), ...queryParameters(endpoint, schemas)],
    ...(endpoint.body && { requestBody: describeBody(endpoint.body, endpoint.example, schemas) }),
    responses: { ...describeAnswer(endpoint, schemas), ...describeProblems(endpoint) },
    "x-permission": endpoint.permission,
    "x-roles": allowed,
  };
}

/** `post /credentials/{id}/check` → `postCredentialsByIdCheck`: stable as long as the path is. */
function operationId({ method, path }: Endpoint): string {
  const words = path.replace("{id}", "by-id").split(/[/-]/).filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function pathParameters({ path }: Endpoint): Json[] {
  if (!path.includes("{id}")) return [];
  return [{ name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } }];
}

function queryParameters({ query }: Endpoint, schemas: Json): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = toSchema(query, "input", schemas) as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as Json;
    return {
      name,
      in: "query",
      required: required.includes(name),
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
}

function describeBody(body: z.ZodType, example: unknown, schemas: Json): Json {
  const content = { schema: toSchema(body, "input", schemas), ...(example === undefined ? {} : { example }) };
  return { required: !body.safeParse({}).success, content: { "application/json": content } };
}

function describeAnswer({ answer, status, path }: Endpoint, schemas: Json): Json {
  if (!answer) return { 204: { description: "Done." } };
  const content = { "application/json": { schema: toSchema(answer, "output", schemas) } };
  if (status !== 201) return { 200: { description: "Done.", content } };
  const location = { description: `/api/v1${path}/{id}`, schema: { type: "string" } };
  return { 201: { description: "Created.", headers: { Location: location }, content } };
}

function describeProblems({ path, query, body, problems = [] }: Endpoint): Json {
  const codes = [...commonProblems, ...(body ? bodyProblems : []), ...problems];
  if (path.includes("{id}")) codes.push("not_found");
  if (query) codes.push("invalid_input");
  return listProblems(codes);
}

function listProblems(codes: ErrorCode[]): Json {
  const byStatus: Record<number, Set<ErrorCode>> = {};
  for (const code of codes) {
    const { status } = getProblemType(code);
    byStatus[status] = (byStatus[status] ?? new Set()).add(code);
  }
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, known]) => [
      status,
      { description: `\`${[...known].join("`, `")}\``, content },
    ]),
  );
}

/** A zod schema as JSON Schema; named schemas inside go to `schemas` and are referred to. */
function toSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const wrapped = z.toJSONSchema(z.object({ root: schema }), {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // The pattern beside a format only repeats it, in 200 characters.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      // Answers may gain members in a later version.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  const { properties, $defs = {} } = JSON.parse(
    JSON.stringify(wrapped)
      .replace(/"#\/\$defs\/__schema\d+"/g, '"#/components/schemas/JsonValue"')
      .replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { properties: { root: Json }; $defs?: Record<string, Json> };
  for (const [name, { id: _, ...definition }] of Object.entries($defs)) {
    // zod numbers recursive schemas without a name; z.json() is the only one.
    if (name.startsWith("__schema")) schemas.JsonValue = { description: "Any JSON value." };
    else schemas[name] = definition;
  }
  return properties.root;
}
