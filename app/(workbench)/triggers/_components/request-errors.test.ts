import { expect, test } from "vitest";
import { emptyValues } from "./form-values.ts";
import { findWrongRows, placeRequestErrors } from "./request-errors.ts";

const empty = { name: "", value: "" };
const request = {
  ...emptyValues({ nodeId: null, transportId: null }).request,
  query: [empty, { name: "site", value: "{{" }, { name: "a.b", value: "{{" }],
  headers: [empty, { name: "X-A", value: "1" }, empty, { name: "X-B", value: "{{" }],
};

test("shows an error of a query parameter at its row, counting only filled rows", () => {
  const fields = [
    { field: "request.query.0.value", message: "a" },
    { field: "request.query.1.name", message: "b" },
    { field: "request.query", message: "c" },
  ];
  expect(placeRequestErrors(fields, { request }).map(({ field }) => field)).toEqual([
    "request.query.1.value",
    "request.query.2.name",
    "request.query",
  ]);
});

test("rows that were left empty move a complaint about a header to the right row", () => {
  const fields = [{ field: "request.headers.1.value", message: "output not closed" }];
  expect(placeRequestErrors(fields, { request })).toEqual([
    { field: "request.headers.3.value", message: "output not closed" },
  ]);
});

test("other complaints stay where they are", () => {
  const fields = [{ field: "request.body", message: "output not closed, line:2, col:1" }];
  expect(placeRequestErrors(fields, { request })).toEqual(fields);
});

test("finds a query parameter without a name, and accepts a repeated name", () => {
  const query = [{ name: "a", value: "1" }, { name: "", value: "2" }, empty, { name: "a", value: "3" }];
  expect(findWrongRows({ ...request, query })).toEqual([
    { field: "request.query.1.name", message: "A query parameter needs a name." },
  ]);
});
