import { expect, test } from "vitest";
import { xsd } from "#lib/delivery/soap/builtin.ts";
import type { OperationDescription, SimpleType } from "#lib/delivery/soap/model.ts";
import { describeSimple, entryOf, sampleVariables } from "./describe-type.ts";

const simple = (base: string, more: Partial<SimpleType> = {}): SimpleType => ({ kind: "simple", base, ...more });

test("a type is entered in the way that fits it", () => {
  expect(entryOf(simple("string", { enumeration: ["A", "B"] }))).toEqual({ kind: "choice", options: ["A", "B"] });
  expect(entryOf(simple("boolean"))).toEqual({ kind: "choice", options: ["true", "false"] });
  expect(entryOf(simple("date")).kind).toBe("date");
  expect(entryOf(simple("unsignedInt")).kind).toBe("number");
  expect(entryOf(simple("string")).kind).toBe("long");
  expect(entryOf(simple("string", { facets: { maxLength: 8 } })).kind).toBe("text");
});

test("what a type asks for is said in few words", () => {
  const facets = { minInclusive: "0", maxInclusive: "100", fractionDigits: 2 };
  expect(describeSimple({}, simple("decimal", { facets }))).toBe("decimal, 0 to 100, 2 after the point");
  expect(describeSimple({}, simple("string", { facets: { maxLength: 8 } }))).toBe("string, up to 8 characters");
  expect(describeSimple({}, simple("string", { facets: { length: 3 } }))).toBe("string, 3 characters");
});

test("a variable in the place of a whole value gets a sample of its type", () => {
  const element = (name: string, type: string, max: number | null = 1) =>
    ({ kind: "element", name, namespace: "", type, min: 1, max }) as const;
  const description = {
    types: {
      line: {
        kind: "complex",
        content: { kind: "sequence", min: 1, max: 1, items: [element("quantity", xsd("int"))] },
        attributes: [{ name: "day", namespace: "", type: xsd("date"), required: false }],
      },
    },
    input: {
      element: null,
      wrapped: true,
      attributes: [],
      content: { kind: "sequence", min: 1, max: 1, items: [element("lines", "line", null)] },
    },
  } as unknown as OperationDescription;
  const values = { lines: [{ "@day": "{{variables.day}}", quantity: "{{ variables.quantity }}" }, { quantity: "1" }] };
  expect(sampleVariables(description, values)).toEqual({ day: "2026-05-01", quantity: "1" });
});
