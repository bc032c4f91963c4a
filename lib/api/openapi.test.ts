import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { z } from "zod";
import { defineEndpoint } from "./endpoint.ts";
import { describeApi, named } from "./openapi.ts";

const thing = named("Thing", z.object({ id: z.uuid(), at: z.iso.datetime(), size: z.int().nullable() }));
const shared = { tag: "Things", permission: "transports.write" } as const;
const endpoints = [
  defineEndpoint({
    ...shared,
    method: "get",
    path: "/things",
    summary: "List things",
    query: z.object({
      q: z.string().optional().meta({ description: "Part of the name." }),
      limit: z.coerce.number<string | number>().int().max(200).default(50),
    }),
    answer: z.object({ items: z.array(thing) }),
    run: () => ({ items: [] }),
  }),
  defineEndpoint({
    ...shared,
    method: "post",
    path: "/things",
    summary: "Make a thing",
    body: named("ThingInput", z.object({ name: z.string().trim(), size: z.int().default(1) })),
    example: { name: "a" },
    answer: thing,
    status: 201,
    problems: ["name_taken"],
    run: () => ({ id: "", at: "", size: 1 }),
  }),
  defineEndpoint({
    ...shared,
    method: "delete",
    path: "/things/{id}",
    summary: "Delete a thing",
    run: () => undefined,
  }),
];
const document = describeApi(endpoints, "https://portal.example.com");
const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;
const schemas = (document.components as { schemas: Record<string, Record<string, unknown>> }).schemas;

test("the document is valid OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors).toBeUndefined();
  expect(result.valid).toBe(true);
});

test("named schemas stand once and are referred to", () => {
  expect(paths["/api/v1/things"]?.post?.responses).toMatchObject({
    201: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
  });
  expect(schemas.Thing?.required).toEqual(["id", "at", "size"]);
  expect(JSON.stringify(document)).not.toContain("$defs");
});

test("a body is described as it is sent: what has a default may be left out", () => {
  expect(schemas.ThingInput?.required).toEqual(["name"]);
});

test("query parameters keep their description and their default", () => {
  expect(paths["/api/v1/things"]?.get?.parameters).toMatchObject([
    { name: "q", in: "query", required: false, description: "Part of the name.", schema: { type: "string" } },
    { name: "limit", in: "query", required: false, schema: { type: "integer", maximum: 200, default: 50 } },
  ]);
});

test("each operation names the roles that may call it and the problems that it answers", () => {
  const operation = paths["/api/v1/things"]?.post;
  expect(operation?.["x-roles"]).toEqual(["admin", "engineer"]);
  expect(operation?.description).toBe("Needs the role admin or engineer.");
  expect(Object.keys(operation?.responses as object)).toEqual([
    "201",
    "400",
    "401",
    "403",
    "409",
    "413",
    "415",
    "422",
    "500",
    "503",
  ]);
  expect(Object.keys(paths["/api/v1/things/{id}"]?.delete?.responses as object)).toContain("404");
});
