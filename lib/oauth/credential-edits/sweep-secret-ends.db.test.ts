import { eq } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { credentials } from "#drizzle/schema/credentials.ts";
import { tokens } from "#drizzle/schema/tokens.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { insertManyCredentials } from "#scripts/many-credentials.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { fillSecretEnds, sweepSecretEnds } from "./sweep-secret-ends.ts";

setUpTestDatabase();
const day = 86_400_000;
const now = new Date("2030-06-15T12:00:00Z");
const dated = (date: string) => ({
  secretExpiresOn: date,
  secretEndsAt: new Date(Date.parse(`${date}T00:00:00Z`) + day),
  nextCheckAt: new Date(now.getTime() + 3_600_000),
});
const url = "https://idp.example.com/token";
const readAll = () => getDb().select().from(credentials).orderBy(credentials.id);
beforeEach(async () => {
  await getDb().delete(credentials);
});

test("30 days before its secret ends a credential is expiring without anyone looking, and the text stays true", async () => {
  const dates = ["2030-07-14", "2030-07-15", "2030-07-16", "2030-06-15"];
  await insertManyCredentials(4, url, (index) => dated(dates[index]!));
  expect(await sweepSecretEnds(now)).toBe(3);
  const rows = await readAll();
  expect(rows.map(({ status }) => status)).toEqual(["expiring", "expiring", "active", "expiring"]);
  expect(rows[1]!.statusReason).toBe("The client secret ends on 2030-07-15. Get a new one in time.");
  expect(await sweepSecretEnds(now)).toBe(0);
  expect(await sweepSecretEnds(new Date(now.getTime() + day))).toBe(2);
});

test("when a secret has ended that is said, and the provider is asked at once, with the token in hand serving on", async () => {
  const [id] = await insertManyCredentials(1, url, () => dated("2030-06-15"));
  const later = new Date(now.getTime() + 3_600_000);
  await getDb().insert(tokens).values({
    credentialId: id!,
    credentialVersion: 1,
    scope: "api",
    accessTokenEnvelope: "sealed",
    acquiredAt: now,
    renewAt: later,
    expiresAt: later,
  });
  await sweepSecretEnds(now);
  expect((await readAll())[0]!.nextCheckAt!.getTime()).toBeGreaterThan(now.getTime());
  const end = new Date("2030-06-16T00:00:00Z");
  expect(await sweepSecretEnds(end)).toBe(1);
  expect((await readAll())[0]).toMatchObject({
    status: "expiring",
    statusReason: "The client secret ended on 2030-06-15, as noted here. Replace it, or correct the date.",
    nextCheckAt: end,
  });
  const [token] = await getDb().select().from(tokens);
  expect(token).toMatchObject({ renewAt: end, expiresAt: later, accessTokenEnvelope: "sealed" });
  expect(await sweepSecretEnds(end)).toBe(0);
});

test("a credential that fails, is disabled or was edited meanwhile keeps its status", async () => {
  const ids = await insertManyCredentials(2, url, (index) => ({
    ...dated("2030-06-20"),
    status: index === 0 ? "action_needed" : "disabled",
  }));
  expect(await sweepSecretEnds(now)).toBe(0);
  expect((await readAll()).map(({ status }) => status)).toEqual(["action_needed", "disabled"]);
  expect(ids).toHaveLength(2);
});

test("the end of a certificate that was stored before ends were noted is read from it", async () => {
  const { ensureCertificates } = await import("#sandbox/certificates.ts");
  const { mkdtempSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { cert } = await ensureCertificates(mkdtempSync(`${tmpdir()}/sallyport-ends-`));
  const [id] = await insertManyCredentials(2, url, (index) =>
    index === 0 ? { clientAuthentication: "private_key_jwt", certificate: cert } : {},
  );
  expect(await fillSecretEnds()).toBe(1);
  const [row] = await getDb().select().from(credentials).where(eq(credentials.id, id!));
  expect(row!.secretEndsAt!.getTime()).toBeGreaterThan(Date.now());
  expect(await fillSecretEnds()).toBe(0);
});
