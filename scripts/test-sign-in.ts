import { getRequestListener } from "@hono/node-server";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll } from "vitest";
import { credentialEvents } from "#drizzle/schema/credential-events.ts";
import { markPageRequest } from "#lib/access/sessions/client-address.ts";
import { createCredential } from "#lib/oauth/credential-edits/create-credential.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { type CredentialInput, credentialInput } from "#lib/oauth/credentials/schema.ts";
import { getDb } from "#lib/platform/db/client.ts";
import {
  beginExternalSignIn,
  finishExternalSignIn,
  signOutExternally,
  takePostedAnswer,
} from "#lib/web/external-sign-in.ts";
import { authenticateCookies } from "#lib/web/session-cookie.ts";
import type { Sandbox } from "#sandbox/start.ts";
import type { TestBrowser } from "./test-browser.ts";
import { tester } from "./test-sandbox.ts";
import { type Listening, listen } from "./test-servers.ts";

/**
 * Serves the routes of external sign-in over a socket, as app/api/credentials does, and every other path as a page that
 * says nothing. Call it at the top of a test file, before anything reads the environment.
 */
export function serveSignIn(): { readonly url: string } {
  let server: Listening | undefined;
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const id = /^\/api\/credentials\/([^/]+)\/authorize$/.exec(pathname)?.[1];
    if (id) return beginExternalSignIn(request, id);
    if (pathname === "/api/credentials/sign-out") return signOutExternally(request);
    if (pathname !== "/api/credentials/callback") return new Response("a page");
    return request.method === "POST" ? takePostedAnswer(request) : finishExternalSignIn(request);
  };
  const serve = getRequestListener(answer, { overrideGlobalObjects: false });
  beforeAll(async () => {
    server = await listen((request, response) => {
      markPageRequest(request);
      void serve(request, response);
    });
    process.env.SALLYPORT_URL = `http://localhost:${server.port}`;
  });
  afterAll(() => server?.close());
  return {
    get url() {
      return `http://localhost:${server?.port}`;
    },
  };
}

/** Who is signed in in a browser. */
export function whoIs(browser: TestBrowser, portal: { url: string }) {
  const jar = Object.fromEntries(browser.cookies.get(new URL(portal.url).host) ?? []);
  return authenticateCookies(jar, null);
}

/** A User credential of the sandbox's Entra tenant, as it would be entered. */
export function entraProfile(sandbox: Sandbox, overrides: Partial<CredentialInput> = {}): Promise<CredentialDetail> {
  const { clientId, clientSecret } = sandbox.clients.workbench;
  return storeProfile({
    provider: "entra",
    endpointUrl: sandbox.tokenEndpoint,
    clientId,
    clientSecret,
    scope: "openid profile offline_access",
    ...overrides,
  });
}

/** The same at the sandbox's other provider. */
export function genericProfile(sandbox: Sandbox, overrides: Partial<CredentialInput> = {}): Promise<CredentialDetail> {
  const { clientId, clientSecret } = sandbox.clients.genericWorkbench;
  return storeProfile({
    provider: "generic",
    endpointUrl: sandbox.genericTokenEndpoint,
    issuer: sandbox.genericIssuer,
    clientId,
    clientSecret,
    scope: "openid profile offline_access",
    ...overrides,
  });
}

/** Stores a profile that gives the sandbox's people their roles. */
export function storeProfile(input: Partial<CredentialInput> & { endpointUrl: string; clientId: string }) {
  return createCredential(
    tester,
    credentialInput.parse({
      name: `Profile ${Math.random()}`,
      type: "user",
      jwtUsernameKey: "preferred_username",
      jwtRolesKey: "roles",
      roleMapping: [
        { claimValue: "Plant7.Operators", role: "operator", nodeId: null },
        { claimValue: "Plant7.Engineers", role: "engineer", nodeId: null },
        { claimValue: "Sallyport.Admins", role: "admin", nodeId: null },
        { claimValue: "Staff", role: "operator", nodeId: null },
      ],
      ...input,
    }),
  );
}

/** What the event log of a credential says, newest last. */
export function readSignInEvents(credentialId: string) {
  return getDb()
    .select()
    .from(credentialEvents)
    .where(eq(credentialEvents.credentialId, credentialId))
    .orderBy(credentialEvents.id);
}
