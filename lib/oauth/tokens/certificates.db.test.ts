import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import { type CredentialInput, credentialInput } from "#lib/oauth/credentials/schema.ts";
import { makeClientCertificate } from "#sandbox/certificates.ts";
import { CLIENTS } from "#sandbox/clients.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { startProxy, type TestProxy } from "#scripts/test-servers.ts";

setUpTestDatabase();
setUpTokenLimits();
const sandbox = setUpSandbox();
let proxy: TestProxy;
beforeAll(async () => {
  proxy = await startProxy();
});
afterAll(() => proxy.close());

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../platform/certificates/fixtures", name));
const authority = () => dirname(sandbox.current.caFile);
const register = (certificate: string, mutualTls: "issued" | "self_signed" | null = null) =>
  sandbox.current.control.changeClient({ clientId: CLIENTS.generic.clientId, certificate, mutualTls });
const withKey = ({ key, cert }: { key: string; cert: string }) =>
  ({ clientSecret: undefined, privateKey: key, certificate: cert }) satisfies Partial<CredentialInput>;
const check = async (input: CredentialInput) => {
  const { id } = await store(input);
  return { id, ...(await checkCredential(tester, id)) };
};

const complaints = (input: CredentialInput) =>
  (credentialInput.safeParse(input).error?.issues ?? []).map(({ path }) => path.join("."));

describe("private_key_jwt", () => {
  test.each([
    ["RSA", { keyType: "rsa" }],
    ["P-256", { curve: "P-256" }],
    ["P-384", { curve: "P-384" }],
    ["P-521", { curve: "P-521" }],
  ] as const)("gets a token with a key on %s", async (_, options) => {
    const pair = await makeClientCertificate("orders", null, options);
    await register(pair.cert);
    const signed = { ...withKey(pair), clientAuthentication: "private_key_jwt" } as const;
    expect(await check(genericInput(sandbox.current, signed))).toMatchObject({ status: "active" });
    const other = withKey(await makeClientCertificate("orders", null, options));
    expect(await check(genericInput(sandbox.current, { ...signed, ...other }))).toMatchObject({
      status: "action_needed",
    });
  });

  test("gets a token from Entra with a PKCS #12 file, of which key, leaf and chain are kept and the password is not", async () => {
    const pkcs12 = fixture("windows-3des.pfx").toString("base64");
    const input = entraInput(sandbox.current, {
      clientAuthentication: "private_key_jwt",
      clientSecret: undefined,
      pkcs12,
      passphrase: "Wörter € 7",
    });
    const { clientId } = CLIENTS.ordersApi;
    const { cert: registered } = await makeClientCertificate("another", null, { keyType: "rsa" });
    await sandbox.current.control.changeClient({ clientId, certificate: registered });
    const refused = await check(input);
    expect(refused).toMatchObject({ status: "action_needed", statusField: "certificate" });
    const { certificate } = await readRow(refused.id);
    expect(certificate?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    await sandbox.current.control.changeClient({ clientId, certificate });
    expect(await checkCredential(tester, refused.id)).toMatchObject({ status: "active" });
    expect(JSON.stringify(await readRow(refused.id))).not.toContain("Wörter");
  });

  test("a key on a curve is refused for Entra before anything is stored", async () => {
    const pair = withKey(await makeClientCertificate("orders", null));
    const input = entraInput(sandbox.current, { ...pair, clientAuthentication: "private_key_jwt" });
    await expect(store(input)).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ field: "certificate", message: expect.stringContaining("RSA keys only") }],
    });
  });
});

describe("mutual TLS", () => {
  test.each(["none", "proxy"])("gets a token by tls_client_auth, way out: %s", async (way) => {
    const pair = await makeClientCertificate("CN-of-orders", authority());
    await register(pair.cert, "issued");
    const settings: Partial<CredentialInput> =
      way === "proxy" ? { proxy: { mode: "manual", url: `http://localhost:${proxy.port}` } } : {};
    const input = { ...withKey(pair), ...settings, clientAuthentication: "tls_client_auth" } as const;
    expect(await check(genericInput(sandbox.current, input))).toMatchObject({ status: "active" });
    expect(proxy.asked.some((line) => line.startsWith("CONNECT localhost"))).toBe(way === "proxy");
    const other = withKey(await makeClientCertificate("other", authority()));
    expect(await check(genericInput(sandbox.current, { ...input, ...other }))).toMatchObject({
      status: "action_needed",
      statusField: "certificate",
      statusReason: expect.stringContaining("does not accept the client ID and its certificate (invalid_client)"),
    });
  });

  test("gets a token by self_signed_tls_client_auth with just the registered certificate", async () => {
    const pair = await makeClientCertificate("orders", null);
    await register(pair.cert, "self_signed");
    const input = { ...withKey(pair), clientAuthentication: "self_signed_tls_client_auth" } as const;
    const checked = await check(genericInput(sandbox.current, input));
    expect(checked).toMatchObject({ status: "active" });

    // A replaced certificate is shown at once: no connection of the old one serves any more.
    const next = await makeClientCertificate("orders", null);
    await register(next.cert, "self_signed");
    expect(await checkCredential(tester, checked.id)).toMatchObject({ status: "action_needed" });
    const { version } = await readRow(checked.id);
    await updateCredential(tester, checked.id, { version, privateKey: next.key, certificate: next.cert });
    expect(await checkCredential(tester, checked.id)).toMatchObject({ status: "active" });
  });

  test("needs key, certificate and https, and is not what Entra takes", async () => {
    const pair = withKey(await makeClientCertificate("orders", null));
    const tls = { ...pair, clientAuthentication: "tls_client_auth" } as const;
    const { current } = sandbox;
    expect(complaints(genericInput(current, { ...tls, certificate: null }))).toEqual(["certificate"]);
    expect(complaints(genericInput(current, { ...tls, endpointUrl: "http://localhost/token" }))).toEqual([
      "clientAuthentication",
    ]);
    expect(complaints(entraInput(current, tls))).toEqual(["clientAuthentication"]);
    const beside = { presentCertificate: true, privateKey: undefined, certificate: null } as const;
    expect(complaints(genericInput(current, beside))).toEqual(["privateKey", "certificate"]);
  });
});

test("a certificate that ends within 30 days makes the status expiring, and its successor active again", async () => {
  const pair = await makeClientCertificate("orders", null, { days: 20 });
  await register(pair.cert);
  const signed = { ...withKey(pair), clientAuthentication: "private_key_jwt" } as const;
  const { id, ...checked } = await check(genericInput(sandbox.current, signed));
  const ends = new X509Certificate(pair.cert).validToDate;
  expect(checked).toMatchObject({
    status: "expiring",
    statusReason: expect.stringMatching(/^The certificate ends on/),
  });
  expect((await readRow(id)).secretEndsAt).toEqual(ends);

  const next = await makeClientCertificate("orders", null);
  await register(next.cert);
  const changed = { version: 1, privateKey: next.key, certificate: next.cert };
  expect((await updateCredential(tester, id, changed)).certificateInfo?.sha256).toBe(
    new X509Certificate(next.cert).fingerprint256.replaceAll(":", ""),
  );
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
});

test("a certificate renewed for the stored key needs no private key, and another one does", async () => {
  const [key, cert, renewed] = ["p256.key", "p256.pem", "p256-renewed.pem"].map((name) => fixture(name).toString());
  const signed = { ...withKey({ key: key!, cert: cert! }), clientAuthentication: "private_key_jwt" } as const;
  const { id } = await store(genericInput(sandbox.current, signed));
  const saved = await updateCredential(tester, id, { version: 1, certificate: renewed });
  expect(saved.certificateInfo?.subject).toBe("CN=p256-renewed");
  expect(new X509Certificate(saved.certificate!).checkPrivateKey(createPrivateKey(key!))).toBe(true);
  const { cert: other } = await makeClientCertificate("orders", null);
  await expect(updateCredential(tester, id, { version: 2, certificate: other })).rejects.toMatchObject({
    fields: [{ field: "privateKey" }],
  });
});
