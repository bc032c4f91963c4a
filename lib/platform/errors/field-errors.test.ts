import { expect, test } from "vitest";
import { z } from "zod";
import { listFieldErrors } from "./field-errors.ts";

function complain(schema: z.ZodType, value: unknown, whole?: string) {
  const result = schema.safeParse(value);
  return result.success ? [] : listFieldErrors(result.error, whole);
}

test("a path is dotted, with indexes", () => {
  const schema = z.object({ headers: z.array(z.object({ name: z.string("Enter a name.") })) });
  expect(complain(schema, { headers: [{ name: 1 }] })).toEqual([{ field: "headers.0.name", message: "Enter a name." }]);
});

test("of a union the branch that came nearest speaks, with its own paths", () => {
  const soap = z.object({ operation: z.string("Enter an operation."), port: z.string("Enter a port.") });
  const http = z.object({ path: z.string(), query: z.record(z.string(), z.string("Enter a text.")) });
  expect(complain(z.object({ request: z.union([soap, http]) }), { request: { path: "/", query: { a: 1 } } })).toEqual([
    { field: "request.query.a", message: "Enter a text." },
  ]);
});

test("a member that is not known is named", () => {
  expect(complain(z.strictObject({ q: z.string().optional() }), { stauts: "x" })).toEqual([
    { field: "stauts", message: "is not known here." },
  ]);
});

test("a complaint about the whole input has the name that it is given", () => {
  expect(complain(z.object({}), [], "body")).toMatchObject([{ field: "body" }]);
  expect(complain(z.object({}), [])).toMatchObject([{ field: "" }]);
});
