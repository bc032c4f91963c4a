import { expect, test } from "vitest";
import { users } from "#drizzle/schema/users.ts";
import { getDb } from "#lib/platform/db/client.ts";
import { setUpTestDatabase } from "#scripts/test-database.ts";
import { signInLocally } from "./local/sign-in-locally.ts";
import { hashPassword } from "./passwords/password-hash.ts";

setUpTestDatabase();
process.env.SALLYPORT_LOCAL_SIGN_IN = "off";

test("with passwords turned off nobody gets in by one, however right", async () => {
  const password = "a password that is right";
  await getDb()
    .insert(users)
    .values({ username: "anna", passwordHash: await hashPassword(password) });
  await expect(
    signInLocally({ username: "anna", password }, { address: "192.0.2.1", userAgent: "" }),
  ).rejects.toMatchObject({ code: "local_sign_in_off" });
});
