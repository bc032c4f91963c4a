import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { systemContext } from "#lib/access/permissions/context.ts";
import { credentialFields } from "#lib/oauth/credentials/definition.ts";
import { openCredential } from "#lib/oauth/credentials/open-credential.ts";
import { credentialInput, credentialUpdate } from "#lib/oauth/credentials/schema.ts";
import { stageSecret } from "#lib/oauth/rotation/stage-secret.ts";
import { openSlot } from "#lib/oauth/rotation/staging/store.ts";
import { tokenAad } from "#lib/platform/crypto/aad.ts";
import { openSecret, sealSecret } from "#lib/platform/crypto/envelope.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { insertNode } from "#scripts/test-nodes.ts";
import { createCredential } from "./create-credential.ts";
import { updateCredential } from "./update-credential.ts";

setUpTestDatabase();
const ctx = systemContext("Tester");
const idp = "https://idp.example.com";
const proxy = {
  mode: "manual" as const,
  url: "http://proxy.example.com:3128",
  username: "plant",
  bypass: [] as string[],
};
let made = 0;

async function addProfile(overrides: Record<string, unknown> = {}) {
  made += 1;
  // An issuer belongs to one credential.
  const realm = `${idp}/realms/${made}`;
  const input = {
    ...{ name: `Workbench ${made}`, type: "user", endpointUrl: `${realm}/token`, discoveryUrl: `${realm}/config` },
    ...{ issuer: realm, authorizationUrl: `${realm}/authorize`, jwksUrl: `${realm}/keys`, clientId: "workbench" },
    ...{ clientSecret: "canary-current", scope: "openid", proxy: { ...proxy, password: "canary-proxy" } },
  };
  const saved = await createCredential(ctx, credentialInput.parse({ ...input, ...overrides }));
  await stageSecret(ctx, saved.id, { clientSecret: "canary-staged" });
  const row = await readRow(saved.id);
  const key = { credentialId: row.id, credentialVersion: 1, scope: row.scope };
  const accessTokenEnvelope = sealSecret("canary-token", tokenAad(row, key));
  await getDb()
    .insert(tokens)
    .values({ ...key, accessTokenEnvelope });
  return saved;
}

async function readRow(id: string) {
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, id));
  return row!;
}

const edit = (id: string, changes: Record<string, unknown>) =>
  updateCredential(ctx, id, credentialUpdate.parse({ version: 1, ...changes }));

/** Another value of each field, which keeps the secrets by the rules of editing. */
const edits: Record<string, unknown> = {
  name: "Renamed",
  provider: "generic",
  endpointUrl: `${idp}/other/token`,
  clientId: "other",
  clientAuthentication: "client_secret_basic",
  presentCertificate: false,
  scope: "openid email",
  tokenParameters: [{ name: "audience", value: "api://orders" }],
  tokenHeaders: [{ name: "x-gateway", value: "plant" }],
  tokenMember: "data.access_token",
  acceptAnyTokenType: true,
  refreshIntervalSeconds: 600,
  proxy: { ...proxy, username: "other", bypass: ["internal.example.com"] },
  allowedHosts: ["orders.example.com", "http://127.0.0.1:8080"],
  secretExpiresOn: "2090-01-31",
  owner: "Anna",
  ownerEmail: "anna@example.com",
  notes: "Ours",
  discoveryUrl: `${idp}/other/config`,
  issuer: `${idp}/other`,
  authorizationUrl: `${idp}/other/authorize`,
  jwksUrl: `${idp}/other/keys`,
  allowedTenants: [],
  claimsSource: "userinfo",
  jwtUsernameKey: "email",
  jwtRolesKey: "groups",
  roleMapping: [{ claimValue: "Ops", role: "operator", nodeId: null }],
  defaultRole: { role: "operator", nodeId: null },
  mfa: "required",
  mfaContext: "c1",
  mfaMethods: ["otp"],
  postLogin: "stay",
  responseMode: "form_post",
  providerLogout: true,
};
/** Fields that are secrets themselves or belong to them. */
const secrets = ["clientSecret", "privateKey", "certificate", "pkcs12", "passphrase"];
/** Fields whose change requires the secret again, or that can't change. */
const others = ["type", "grantType", "offeredAt", "trustedCaId", ...secrets];

test("every field of a credential is tried below", () => {
  expect([...Object.keys(edits), ...others].sort()).toEqual(Object.keys(credentialFields).sort());
});

test.each(Object.entries(edits))("after an edit of %s, the secrets still open", async (field, value) => {
  const { id } = await addProfile();
  await edit(id, { [field]: value });
  const opened = await openCredential(id);
  expect(opened).toMatchObject({ clientSecret: "canary-current", proxy: { password: "canary-proxy" } });
  expect((await openSlot(getDb(), await readRow(id), "staged"))?.clientSecret).toBe("canary-staged");
  // An edit that matters to tokens deletes them.
  const row = await readRow(id);
  for (const token of await getDb().select().from(tokens).where(eq(tokens.credentialId, id))) {
    expect(openSecret(token.accessTokenEnvelope!, tokenAad(row, token))).toBe("canary-token");
  }
});

test("after an edit of the nodes that offer it, the secrets still open", async () => {
  const { id } = await addProfile();
  await edit(id, { offeredAt: [await insertNode("Plant")] });
  expect(await openCredential(id)).toMatchObject({ clientSecret: "canary-current" });
});

describe.each(["endpointUrl", "discoveryUrl", "issuer", "authorizationUrl", "jwksUrl"])(
  "an edit of only %s",
  (field) => {
    test("to another server requires the secret again", async () => {
      const { id } = await addProfile();
      const elsewhere = { [field]: "https://elsewhere.example.com/realms/1" };
      await expect(edit(id, elsewhere)).rejects.toMatchObject({
        code: "invalid_input",
        fields: [{ field: "clientSecret", message: expect.stringContaining("https://elsewhere.example.com") }],
      });
      await edit(id, { ...elsewhere, clientSecret: "canary-entered" });
      expect(await openCredential(id)).toMatchObject({ clientSecret: "canary-entered" });
    });
  },
);

test("a secret that can't be opened isn't kept by an edit of what it's bound to", async () => {
  const { id } = await addProfile();
  await getDb()
    .update(credentials)
    .set({ jwksUrl: `${idp}/evil` })
    .where(eq(credentials.id, id));
  await expect(edit(id, { allowedHosts: ["orders.example.com"] })).rejects.toMatchObject({
    fields: [{ field: "clientSecret", message: expect.stringContaining("can't be opened") }],
  });
  // What doesn't matter to it can be edited, and nothing becomes readable by that.
  await edit(id, { notes: "Who changed this?" });
  await expect(openCredential(id)).rejects.toMatchObject({ code: "secret_unreadable" });
});
