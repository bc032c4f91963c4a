import { rm } from "node:fs/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { type CredentialInput, credentialInput } from "#lib/oauth/credentials/schema.ts";
import type { TokenSubject } from "#lib/oauth/tokens/model.ts";
import { hashCredentialDestination } from "#lib/platform/crypto/aad.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { closePools } from "#lib/platform/net/pools.ts";
import { type Sandbox, startSandbox } from "#sandbox/start.ts";
import { makeTestFolder } from "#sandbox/test-folder.ts";

/** Who acts in tests. */
export const tester = systemContext("Tester");

/**
 * Starts the sandbox for a test file and lets this process trust and reach it. After `setUpTestDatabase`.
 * @returns the sandbox, once the first test runs.
 */
export function setUpSandbox(): { readonly current: Sandbox } {
  let dir: string | undefined;
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    dir = await makeTestFolder();
    sandbox = await startSandbox({ dir });
    process.env.SALLYPORT_EXTRA_CA = sandbox.caFile;
    process.env.SALLYPORT_EGRESS = "allow:loopback";
  });
  beforeEach(() => sandbox?.control.reset());
  afterAll(async () => {
    await closePools();
    await sandbox?.close();
    if (dir) await rm(dir, { recursive: true });
  });
  return {
    get current() {
      return sandbox!;
    },
  };
}

/** An Entra credential of the sandbox's sample service, as it would be entered. */
export function entraInput(sandbox: Sandbox, overrides: Partial<CredentialInput> = {}): CredentialInput {
  const { clientId, clientSecret } = sandbox.clients.ordersApi;
  return {
    name: `Entra ${Math.random()}`,
    type: "application",
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId,
    clientSecret,
    scope: "api://orders/.default",
    ...overrides,
  };
}

/** The same at the sandbox's other provider. */
export function genericInput(sandbox: Sandbox, overrides: Partial<CredentialInput> = {}): CredentialInput {
  const { clientId, clientSecret } = sandbox.clients.generic;
  return {
    name: `Generic ${Math.random()}`,
    type: "application",
    provider: "generic",
    endpointUrl: sandbox.genericTokenEndpoint,
    clientId,
    clientSecret,
    scope: "orders.read",
    tokenParameters: { audience: "api://orders" },
    ...overrides,
  };
}

/** Stores a credential without asking its provider. */
export function store(input: CredentialInput): Promise<CredentialDetail> {
  return createCredential(tester, credentialInput.parse(input));
}

/** What a run knows of a credential. */
export function subjectOf(detail: CredentialDetail): TokenSubject {
  const { id, name, version, scope, enabled, refreshIntervalSeconds } = detail;
  return { id, name, version, scope, enabled, refreshIntervalSeconds };
}

/** The hash of where a credential's tokens can go, which its sessions are bound to. */
export async function destinationOf(id: string): Promise<string> {
  return hashCredentialDestination(await readRow(id));
}

/** A credential's row as it is now. */
export async function readRow(id: string) {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, id));
  return row!;
}
