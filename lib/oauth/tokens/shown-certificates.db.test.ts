import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkCredential } from "#lib/delivery/connection-check/check-credential.ts";
import { updateCredential } from "#lib/oauth/credential-edits/update-credential.ts";
import type { CredentialInput } from "#lib/oauth/credentials/schema.ts";
import { ensureCertificates, makeClientCertificate } from "#sandbox/certificates.ts";
import { setUpTokenLimits } from "#scripts/set-up-token-limits.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { entraInput, genericInput, readRow, setUpSandbox, store, tester } from "#scripts/test-sandbox.ts";
import { startProxy, type TestProxy } from "#scripts/test-servers.ts";

// A token endpoint that asks for a certificate in TLS, as a gateway before a provider does, whatever the client authentication is.

type Pair = Awaited<ReturnType<typeof makeClientCertificate>>;
type Seen = { path: string; subject: string | null; authorization: string | null; form: URLSearchParams };

setUpTestDatabase();
setUpTokenLimits();
const sandbox = setUpSandbox();
const seen: Seen[] = [];
const servers: Server[] = [];
let gateway: string;
let demanding: string;
let proxy: TestProxy;
let pair: Pair;

/** Takes every client. @param mustHave whether a connection without a certificate of the sandbox's authority is ended. */
async function startEndpoint(mustHave: boolean): Promise<string> {
  const { ca, key, cert } = await ensureCertificates(dirname(sandbox.current.caFile));
  const server = createServer(
    { ca, key, cert, requestCert: true, rejectUnauthorized: mustHave },
    async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      seen.push({
        path: request.url ?? "",
        subject: (request.socket as TLSSocket).getPeerX509Certificate()?.subject ?? null,
        authorization: request.headers.authorization ?? null,
        form: new URLSearchParams(body),
      });
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ access_token: `opaque-${seen.length}`, token_type: "Bearer", expires_in: 3600 }));
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  gateway = await startEndpoint(false);
  demanding = await startEndpoint(true);
  proxy = await startProxy();
  pair = await makeClientCertificate("gate", dirname(sandbox.current.caFile));
});
beforeEach(() => {
  seen.length = 0;
  proxy.asked.length = 0;
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await proxy.close();
});

const shows = ({ key, cert }: Pair) =>
  ({ privateKey: key, certificate: cert, presentCertificate: true }) satisfies Partial<CredentialInput>;
const throughProxy = () => ({ mode: "manual", url: `http://localhost:${proxy.port}` }) as const;

describe.each(["none", "proxy"])("a certificate beside another client authentication, way out: %s", (way) => {
  const settings = () => (way === "proxy" ? { proxy: throughProxy() } : {});
  const check = async (changes: Partial<CredentialInput>) => {
    const { id } = await store(
      genericInput(sandbox.current, { endpointUrl: `${demanding}/token`, ...settings(), ...changes }),
    );
    return checkCredential(tester, id);
  };

  test("is shown in the handshake, and the secret is sent all the same", async () => {
    const { clientId, clientSecret } = sandbox.current.clients.generic;
    expect(await check(shows(pair))).toMatchObject({ status: "active" });
    expect(seen).toMatchObject([{ subject: "CN=gate", authorization: null }]);
    expect(seen[0]!.form.get("client_secret")).toBe(clientSecret);
    expect(proxy.asked.includes(`CONNECT localhost:${new URL(demanding).port}`)).toBe(way === "proxy");

    expect(await check({ ...shows(pair), clientAuthentication: "client_secret_basic" })).toMatchObject({
      status: "active",
    });
    expect(seen[1]).toMatchObject({ subject: "CN=gate", authorization: expect.stringMatching(/^Basic /) });
    expect(seen[1]!.form.get("client_id") ?? clientId).toBe(clientId);
  });

  test("is shown beside a request that the same key signs", async () => {
    const signed = { ...shows(pair), clientSecret: undefined, clientAuthentication: "private_key_jwt" } as const;
    expect(await check(signed)).toMatchObject({ status: "active" });
    expect(seen).toMatchObject([{ subject: "CN=gate" }]);
    expect(seen[0]!.form.get("client_assertion")).toMatch(/^eyJ/);
  });

  test("that is not shown ends the handshake, and the check says that the server wants one", async () => {
    const checked = await check({ ...shows(pair), presentCertificate: false });
    expect(seen).toEqual([]);
    expect(checked.status).not.toBe("active");
    expect(JSON.stringify(checked.steps)).toContain("client certificate");
  });
});

test("it is shown to Entra's library, too, and a server that only asks for one is shown it or none as it is set", async () => {
  const rsa = await makeClientCertificate("gate-rsa", null, { keyType: "rsa" });
  const endpointUrl = `${gateway}/12345678-1234-4234-8234-123456789012/oauth2/v2.0/token`;
  const { id } = await store(entraInput(sandbox.current, { ...shows(rsa), endpointUrl }));
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
  const { version } = await readRow(id);
  await updateCredential(tester, id, { version, presentCertificate: false });
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
  await updateCredential(tester, id, { version: version + 1, presentCertificate: true });
  expect(await checkCredential(tester, id)).toMatchObject({ status: "active" });
  // A connection that was opened without the certificate serves no request that shows it, and the other way round.
  expect(seen.map(({ subject }) => subject)).toEqual(["CN=gate-rsa", null, "CN=gate-rsa"]);
});
