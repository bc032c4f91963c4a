import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CorpusCase } from "#scripts/soap-corpus/case.ts";
import { corpus } from "#scripts/soap-corpus/cases.ts";
import { canonicalize, compileWithLibxml2 } from "#scripts/test-libxml2.ts";
import { buildEnvelope } from "./build.ts";
import { arbitraryArguments, arbitraryMutation, withoutOrder } from "./example/arbitrary-arguments.ts";
import { makeExample } from "./example/example.ts";
import type { OperationRef, Wsdl, WsdlDocument } from "./model.ts";
import { readSoapAnswer } from "./read.ts";
import { validateArguments } from "./validate.ts";
import { findOperation } from "./wsdl/find-operation.ts";
import { parseWsdl } from "./wsdl.ts";

const documentsOf = ({ wsdl, documents = {} }: CorpusCase): WsdlDocument[] =>
  Object.entries({ "s.wsdl": wsdl, ...documents }).map(([name, text]) => ({ location: `upload:${name}`, text }));
const refOf = ({ ref }: CorpusCase): OperationRef => ({ service: "s", port: "p", operation: "op", ...ref });

const build = (wsdl: Wsdl, ref: OperationRef, args: Record<string, unknown>, addressing?: CorpusCase["addressing"]) =>
  buildEnvelope(wsdl, ref, {
    arguments: args,
    now: new Date(0),
    nonce: Buffer.alloc(16),
    ...(addressing && { addressing }),
  });
const read = (wsdl: Wsdl, ref: OperationRef, body: string, contentType = "text/xml") =>
  readSoapAnswer({ status: 200, headers: [["content-type", contentType]], body: Buffer.from(body) }, wsdl, ref);

/** The canonical form of an envelope, with the prefixes of the corpus. */
function toCanonical(envelope: string): string {
  const names = new Map([...envelope.matchAll(/xmlns:(\w+)="urn:(\w)"/g)].map(([, prefix, name]) => [prefix!, name!]));
  return canonicalize(envelope.replace(/\b(n\d+)(?=[:=])/g, (prefix) => names.get(prefix) ?? prefix));
}

/** A WSDL whose operation returns what it takes. */
function toEcho(wsdl: Wsdl, ref: OperationRef): Wsdl {
  const { port, operation } = findOperation(wsdl, ref);
  const operations = { [ref.operation]: { ...operation, output: operation.input } };
  const service = { name: ref.service, documentation: null, omitted: [], ports: [{ ...port, operations }] };
  return { ...wsdl, services: [service] };
}

/** A value that libxml2 gets wrong must not fail somebody's build. */
const seed = 20_261_130;

describe.each(Object.entries(corpus))("%s", (_, each) => {
  const documents = documentsOf(each);
  const ref = refOf(each);
  const wsdl = parseWsdl(documents);
  const findProblems = each.unchecked === undefined ? compileWithLibxml2(documents, each.implied) : () => [];

  test("its arguments become the envelope that libxml2 accepts", () => {
    expect(validateArguments(wsdl, ref, each.arguments)).toEqual([]);
    const { body } = build(wsdl, ref, each.arguments, each.addressing);
    expect(toCanonical(body)).toBe(toCanonical(each.request));
    expect(findProblems(body)).toEqual([]);
  });

  const { response } = each;
  const readable = response === null ? [] : [response];
  test.each(readable)("its response is read", (given) => {
    const { body, contentType } = typeof given === "string" ? { body: given, contentType: "text/xml" } : given;
    if (typeof given === "string") expect(findProblems(body)).toEqual([]);
    const reading = read(wsdl, ref, body, contentType);
    expect(reading).toMatchObject({ problem: null, fault: null });
    expect(reading.json).toEqual(each.data);
  });

  test("its example, and whatever fits, is valid for libxml2, and is read as the same", () => {
    const { input } = findOperation(wsdl, ref).operation;
    const echo = toEcho(wsdl, ref);
    const example = makeExample(wsdl.types, { name: ref.operation, input });
    const check = (args: Record<string, unknown>) => {
      expect(validateArguments(wsdl, ref, args)).toEqual([]);
      const { body } = build(wsdl, ref, args);
      expect(findProblems(body)).toEqual([]);
      const again = read(echo, ref, body);
      expect(again).toMatchObject({ problem: null, fault: null });
      const data = (again.json ?? {}) as Record<string, unknown>;
      expect(build(wsdl, ref, data).body).toBe(body);
      return data;
    };
    check(example);
    const property = fc.property(arbitraryArguments(wsdl.types, input), (args) => {
      expect(withoutOrder(check(args))).toEqual(withoutOrder(args));
    });
    fc.assert(property, { numRuns: 8, seed });
  });

  test("what still fits after something in it changed is valid for libxml2", () => {
    const { input } = findOperation(wsdl, ref).operation;
    const some = fc.oneof(fc.constant(each.arguments), arbitraryArguments(wsdl.types, input));
    const property = fc.property(some.chain(arbitraryMutation).chain(arbitraryMutation), (args) => {
      if (validateArguments(wsdl, ref, args).length > 0) return;
      expect(findProblems(build(wsdl, ref, args).body)).toEqual([]);
    });
    fc.assert(property, { numRuns: 60, seed });
  });
});
