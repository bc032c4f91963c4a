import { expect, test } from "vitest";
import { z } from "zod";
import { isLeftOut, readBack, toStored, updateShape } from "./derive.ts";
import { field, labelsOf, optionsOf } from "./field.ts";
import { blankForm, toForm, toSent } from "./form.ts";

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
