import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** What opens a token or a password for a service, and what is recorded before it is sent. */
const senders: Record<string, string> = {
  "delivery/runs/attempt/attempt-request.ts": "a run: execute.ts opens its journal entry first, or it's in the queue",
  "delivery/wsdls/loading/read-wsdl.ts": "the audit log: transport.load-wsdl",
  "delivery/connection-check/steps/probe-transports.ts": "the audit log: credential.probe",
};

/** Definitions, what is handed the header, and what a run calls to open headers. */
const others = [
  "delivery/runs/authorization.ts",
  "delivery/runs/test-transport.ts",
  "delivery/runs/attempt/open-headers.ts",
  "delivery/transports/destinations.ts",
  "delivery/transports/model.ts",
  "delivery/transports/secret-headers.ts",
  "delivery/transports/send.ts",
  "delivery/triggers/plan.ts",
  "delivery/triggers/secret-headers.ts",
  "delivery/wsdls/loading/fetch-documents.ts",
];

test("everything that authorizes a request records it before it is sent", () => {
  const files = readdirSync("lib", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.includes(".test."),
  );
  const found = files.filter((file) =>
    /\b(getFreshToken|openAuthorization|authorize|openHeaders|openTransportHeaders|openTriggerHeaders)\(|kind: "bearer"/.test(
      readFileSync(join("lib", file), "utf8"),
    ),
  );
  const known = [...Object.keys(senders), ...others];
  expect(found.filter((file) => !known.includes(file))).toEqual([]);
  expect(known.filter((file) => !found.includes(file))).toEqual([]);
});
