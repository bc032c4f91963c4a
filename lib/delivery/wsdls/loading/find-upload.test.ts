import { expect, test } from "vitest";
import { findEntry, findUpload } from "./find-upload.ts";

const schema = (name: string, namespace = "urn:a") => ({ name, text: `<xs:schema targetNamespace="${namespace}"/>` });
const find = (names: [string, string?][], location: string, namespace: string | null = null) =>
  findUpload(
    names.map(([name, own]) => schema(name, own)),
    { location, namespace },
    null,
  )?.name ?? null;

test.each([
  ["its path", [["u/types.xsd"], ["v/types.xsd"]], "upload:v/types.xsd", "v/types.xsd"],
  ["its path with other separators", [["u\\types.xsd"], ["v\\types.xsd"]], "upload:v/types.xsd", "v\\types.xsd"],
  ["its file name", [["types.xsd"], ["other.xsd"]], "upload:deep/er/Types.xsd", "types.xsd"],
  ["the end of its path", [["a/u/types.xsd"], ["a/v/types.xsd"]], "http://h/x/v/types.xsd", "a/v/types.xsd"],
  ["a query's value", [["xsd0.xsd"], ["xsd1.xsd"]], "http://h/Service.svc?xsd=xsd1", "xsd1.xsd"],
  ["a query's value without an extension", [["xsd0"], ["xsd1"]], "http://h/Service.svc?xsd=xsd1", "xsd1"],
  ["a path in a query", [["types.xsd"], ["x.xsd"]], "http://h/Service?xsd=../schemas/types.xsd", "types.xsd"],
  ["a file name with its query", [["Service.svc?xsd=xsd0"]], "http://h/Service.svc?xsd=xsd0", "Service.svc?xsd=xsd0"],
  ["a saved file name", [["Service.svc_xsd=xsd0.xsd"]], "http://h/Service.svc?xsd=xsd0", "Service.svc_xsd=xsd0.xsd"],
  ["a file name in spite of a query", [["types.xsd"]], "http://h/types.xsd?v=2", "types.xsd"],
] as const)("an import finds a document by %s", (_, names, location, expected) => {
  expect(find(names as unknown as [string, string?][], location)).toBe(expected);
});

test("an import finds a document by its namespace, which also decides between documents of one name", () => {
  expect(
    find(
      [
        ["a.xsd", "urn:a"],
        ["b.xsd", "urn:b"],
      ],
      "http://h/other",
      "urn:b",
    ),
  ).toBe("b.xsd");
  expect(
    find(
      [
        ["a/t.xsd", "urn:a"],
        ["b/t.xsd", "urn:b"],
      ],
      "upload:t.xsd",
      "urn:b",
    ),
  ).toBe("b/t.xsd");
  expect(
    find(
      [
        ["a.xsd", "urn:a"],
        ["b.xsd", "urn:a"],
      ],
      "http://h/other",
      "urn:a",
    ),
  ).toBeNull();
  expect(find([["Service.wsdl"]], "http://h/Service.svc?xsd=xsd0", "urn:none")).toBeNull();
});

test("the WSDL among uploaded documents is the one with a service", () => {
  const abstract = { name: "abstract.wsdl", text: "<definitions/>" };
  const service = { name: "service.wsdl", text: '<w:definitions><w:service name="s"/></w:definitions>' };
  expect(findEntry([schema("a.xsd"), abstract, service])).toBe(service);
  expect(findEntry([schema("a.xsd"), abstract])).toBe(abstract);
});
