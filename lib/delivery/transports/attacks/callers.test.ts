import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const sources = readdirSync("lib", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes(".test."))
  .map((file) => ({
    file,
    code: readFileSync(join("lib", file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, ""),
  }));
function filesWith(pattern: RegExp): string[] {
  return sources
    .filter(({ code }) => pattern.test(code))
    .map(({ file }) => file)
    .sort();
}

test("one file writes the Authorization of requests to services, after it decides where they can go", () => {
  expect(filesWith(/`(Bearer|Basic) \$\{/)).toEqual([
    "delivery/transports/destinations.ts",
    // To providers, at the URLs of the credential, which only admins change.
    "oauth/client-authentication/methods/client-secret-basic-plain.ts",
    "oauth/client-authentication/methods/client-secret-basic.ts",
    "oauth/sign-in/verifying/verify-sign-in.ts",
    "platform/net/connecting/proxy.ts",
    // With a token of the environment.
    "platform/net/send-head.ts",
  ]);
});

// A new file in one of these lists asks requireDestination() or authorize() first, like the others.
test.each([
  [
    "gets a token or opens a password for a request to a service",
    /(?<!function )\b(getFreshToken|openAuthorization)\(|\baads\.wssePassword\b/,
    ["delivery/runs/attempt/attempt-request.ts", "delivery/runs/soap.ts", "delivery/wsdls/loading/read-wsdl.ts"],
  ],
  [
    "opens secret headers for a request to a service",
    /(?<!function )\bopenValues\(/,
    [
      "delivery/transports/secret-headers.ts",
      "delivery/triggers/secret-headers.ts",
      // To providers, at the URLs of the credential.
      "oauth/credentials/token-lists.ts",
    ],
  ],
  [
    "sends a token over a transport",
    /(?<!function )prepareRequest\([^()]*, |\bfetchWsdl\((?!\n)/,
    [
      "delivery/connection-check/steps/probe-transports.ts",
      "delivery/runs/attempt/attempt-request.ts",
      "delivery/triggers/preview-trigger.ts",
      "delivery/wsdls/loading/read-wsdl.ts",
    ],
  ],
])("whatever %s asks where it can go", (_, pattern, known) => {
  // A preview has a placeholder in place of the token, and sends nothing.
  const files = filesWith(pattern);
  expect(files).toEqual(known);
  for (const file of files.filter(
    (each) => each !== "delivery/triggers/preview-trigger.ts" && !each.startsWith("oauth/"),
  )) {
    expect(sources.find((source) => source.file === file)!.code, file).toMatch(/\b(requireDestination|authorize)\(/);
  }
});

test("only known files add a host to a credential, after they decide who can", () => {
  expect(filesWith(/(?<!function )\ballowHosts\(/)).toEqual([
    "delivery/transport-edits/adopt-destinations.ts",
    "delivery/transport-edits/create-transport.ts",
    "delivery/transport-edits/missing-hosts.ts",
    "delivery/transport-edits/update-transport.ts",
  ]);
  expect(filesWith(/(?<!function )\bchangeDestination\(/)).toEqual(["oauth/credential-edits/allow-hosts.ts"]);
});

test("only known files send over a transport", () => {
  expect(
    filesWith(/import \{[^}]*\b(send|sendOver|openConnection)\b[^}]*\} from "#lib\/delivery\/transports\/send.ts"/),
  ).toEqual([
    "delivery/connection-check/steps/probe-transports.ts",
    "delivery/runs/attempt/attempt-request.ts",
    "delivery/wsdls/loading/fetch-documents.ts",
    "delivery/wsdls/loading/read-wsdl.ts",
  ]);
});
