import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createTransport } from "#lib/delivery/transport-edits/create-transport.ts";
import { updateTransport } from "#lib/delivery/transport-edits/update-transport.ts";
import { previewWsdl } from "#lib/delivery/wsdls/preview-wsdl.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { makeCertificates, startProxy, type TestProxy } from "#scripts/test-servers.ts";
import { transportInput, transportUpdate } from "../schema.ts";

// Who edits a transport with a stored password, even an admin, must not be able to read it.

setUpTestDatabase();
const admin = systemContext("Admin");
let proxy: TestProxy;
let trustedCa: string;
let nodeId: string;
beforeAll(async () => {
  process.env.SALLYPORT_EGRESS = "allow:loopback";
  proxy = await startProxy();
  trustedCa = (await makeCertificates()).ca;
  nodeId = await insertNode("Plant");
});
afterAll(() => proxy?.close());

const manual = (bypass: string[] = []) => ({ mode: "manual", url: `http://127.0.0.1:${proxy.port}`, bypass });
const security = { username: "erp", password: "a password" };
const soap = (wsdlUrl: string, more: object = {}) => ({
  raw: true,
  wsdlUrl,
  endpointUrl: "https://orders.example.com/",
  ...more,
});

/** Transports with a stored password, and where an edit asks for it. */
const kinds: Record<string, { input: () => object; changes: (url: string) => object; field: string }> = {
  Basic: {
    input: () => ({
      type: "HTTP",
      http: { url: "https://orders.example.com/" },
      authorization: { kind: "basic", ...security },
    }),
    changes: (url) => ({ http: { url } }),
    field: "authorization.password",
  },
  "WS-Security": {
    input: () => ({ type: "WS_SOAP", soap: soap("", { security }) }),
    changes: (endpointUrl) => ({ soap: soap("", { endpointUrl, security: { username: "erp" } }) }),
    field: "soap.security.password",
  },
};
const edits: [string, (changes: (url: string) => object) => object][] = [
  ["the scheme changes", (to) => to("http://orders.example.com/")],
  ["the host changes", (to) => to("https://stock.example.com/")],
  ["the port changes", (to) => to("https://orders.example.com:8443/")],
  ["the proxy changes", () => ({ proxy: manual() })],
  ["the trusted CA changes", () => ({ trustedCa })],
];

const save = (input: object) => createTransport(admin, transportInput.parse({ name: randomUUID(), nodeId, ...input }));
const edit = (id: string, version: number, changes: object) =>
  updateTransport(admin, id, transportUpdate.parse({ version, ...changes }));

test.each(edits)("a stored password must be entered again if %s", async (_, change) => {
  for (const { input, changes, field } of Object.values(kinds)) {
    const { id } = await save(input());
    const message = expect.stringMatching(/^Enter the password again: /);
    await expect(edit(id, 1, change(changes))).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ field, message }],
    });
    expect(await edit(id, 1, { notes: "x", proxy: { mode: "environment" } })).toMatchObject({ version: 2 });
  }
});

test("a stored password must be entered again if the hosts without proxy change", async () => {
  const { id } = await save({ ...kinds.Basic!.input(), proxy: manual() });
  const fields = [{ field: "authorization.password" }];
  await expect(edit(id, 1, { proxy: manual(["*"]) })).rejects.toMatchObject({ fields });
});

test("a stored password isn't sent to look at a WSDL over an unsaved proxy", async () => {
  const wsdlUrl = "http://127.0.0.1:9/stock?wsdl";
  const authorization = { kind: "basic" as const, username: "erp" };
  const { id } = await save({
    type: "WS_SOAP",
    soap: soap(wsdlUrl),
    authorization: { ...authorization, password: "a password" },
  });
  const preview = { transportId: id, nodeId, soap: { wsdlUrl }, authorization, proxy: manual() };
  const fields = [{ field: "authorization.password" }];
  await expect(previewWsdl(admin, preview as never)).rejects.toMatchObject({ code: "invalid_input", fields });
  expect(proxy.asked).toEqual([]);
});
