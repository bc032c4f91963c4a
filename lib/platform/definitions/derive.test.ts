import { expect, test } from "vitest";
import { z } from "zod";
import { editOf, isLeftOut, readBack, toStored, updateShape } from "./derive.ts";
import { field, labelsOf, optionsOf } from "./field.ts";
import { blankForm, toForm, toSent } from "./form.ts";
import { sortBy } from "./list-query.ts";
import { instant } from "./members.ts";
import { dropUndefined, pickFields, readRow } from "./rows.ts";

const text = z.string().trim().min(1, "Enter a name.");
const shape = {
  name: field("Name", text),
  nickname: field("Nickname", text.nullish().meta({ description: "What friends say." })),
  color: field("Color", z.enum(["red", "blue"]).default("red"), { words: { red: "Red", blue: "Blue" } }),
  tags: field("Tags", z.array(z.string()).default([]), { applies: ({ color }: { color: string }) => color === "blue" }),
  password: field("Password", z.string().nullish(), { kept: "secret" }),
  file: field("File", z.string().nullish(), { kept: "unkept" }),
};

test("an edit may leave out everything, and nothing takes its place", () => {
  const update = z.object(updateShape(shape));
  expect(update.parse({})).toEqual({});
  expect(update.parse({ nickname: null, color: "blue" })).toEqual({ nickname: null, color: "blue" });
  expect(update.safeParse({ name: " " }).error?.issues[0]?.message).toBe("Enter a name.");
  expect(update.shape.nickname.description).toBe("What friends say.");
});

test("blank values are stored as null, and members of a list once; secrets and files have no column", () => {
  const values = { name: "Ann", nickname: "", tags: ["a", "b", "a"], password: "s", file: "f" };
  expect(toStored(shape, values)).toEqual({ name: "Ann", nickname: null, color: "red", tags: ["a", "b"] });
});

test("values read back without the rules of entering them, secrets as the time when they were set", () => {
  const answer = z.object(readBack(shape));
  expect(Object.keys(answer.shape)).toEqual(["name", "nickname", "color", "tags", "passwordSetAt"]);
  const stored = { name: "", nickname: null, color: "blue", tags: [], passwordSetAt: null };
  expect(answer.parse(stored)).toEqual(stored);
  expect(answer.safeParse({ ...stored, color: "green" }).success).toBe(false);
  expect(answer.safeParse({ ...stored, nickname: undefined }).success).toBe(false);
  expect(() => readBack({ at: field("At", z.date()) })).toThrow("Say in its field how a date reads");
});

test("a form begins with defaults or with what is stored, and sends null for what is blank", () => {
  const blank = { name: "", nickname: "", color: "red", tags: [], password: "", file: "" };
  expect(blankForm(shape)).toEqual(blank);
  const stored = { name: "Ann", nickname: null, color: "blue", tags: ["a"], passwordSetAt: "2026-01-01T00:00:00Z" };
  const form = toForm(shape, stored);
  expect(form).toEqual({ ...blank, name: "Ann", color: "blue", tags: ["a"], password: undefined });
  expect(toSent(shape, form)).toMatchObject({ name: "Ann", nickname: null, tags: ["a"], password: undefined });
  expect(toSent(shape, { ...form, color: "red" }).tags).toEqual([]);
});

test("a field says nothing when it is blank or has its default", () => {
  expect(isLeftOut(shape.color, "red")).toBe(true);
  expect(isLeftOut(shape.color, "blue")).toBe(false);
  expect([null, undefined, "", []].every((value) => isLeftOut(shape.tags, value))).toBe(true);
});

test("two fields can share a schema, and each has its own label", () => {
  expect(labelsOf({ a: field("A", text), b: field("B", text) })).toEqual({ a: "A", b: "B" });
  expect(optionsOf(shape.color)).toEqual([
    { value: "red", label: "Red" },
    { value: "blue", label: "Blue" },
  ]);
});

test("an answer takes its members from a row, times as ISO strings", () => {
  const answer = z.object({ ...readBack({ name: shape.name, tags: shape.tags }), at: instant.nullable() });
  const row = { name: "Ann", tags: [], at: new Date(0), hash: "x" };
  expect(readRow(answer, row)).toEqual({ name: "Ann", tags: [], at: "1970-01-01T00:00:00.000Z" });
  expect(readRow(answer, { ...row, at: null }).at).toBe(null);
});

test("an edit is laid over the stored fields, and a field that is undefined stays", () => {
  const edit = editOf(shape).parse({ version: 2, color: undefined, name: "Bob" });
  const stored = pickFields(shape, { id: "1", name: "Ann", color: "blue", passwordSetAt: null, password: "s" });
  expect(stored).toEqual({ name: "Ann", nickname: undefined, color: "blue", tags: undefined });
  expect({ ...stored, ...dropUndefined(edit) }).toMatchObject({ name: "Bob", color: "blue", version: 2 });
});

test("what is transformed reads back as it was before, and a field can say how it reads", () => {
  const transformed = field(
    "List",
    z
      .array(z.string())
      .transform((list) => list.sort())
      .default([]),
  );
  const described = z.boolean().meta({ description: "What is read." });
  const told = field("On", z.boolean().optional().meta({ description: "What is sent." }), { stored: described });
  const answer = readBack({ transformed, told });
  expect(answer.transformed).toBeInstanceOf(z.ZodArray);
  expect(answer.told.description).toBe("What is read.");
});

test("a list is sorted by its first order unless said otherwise", () => {
  const sort = sortBy("name", "age");
  expect([sort.parse(undefined), sort.parse("-age")]).toEqual(["name", "-age"]);
  expect(sort.safeParse("-size").success).toBe(false);
});
