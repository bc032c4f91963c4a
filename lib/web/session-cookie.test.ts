import { expect, test } from "vitest";
import { clearSessionCookie, createBrowserCookie, createSessionCookie, readBrowserSecret } from "./session-cookie.ts";

process.env.SALLYPORT_URL = "https://portal.example.com";
process.env.NEXTAUTH_SECRET = "s".repeat(32);

test("under https the cookies are Secure, carry their prefixes and belong to no other host", async () => {
  const session = await createSessionCookie({ userId: "user", sessionToken: "session" });
  expect(session).toMatch(
    /^__Secure-next-auth\.session-token=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200; Secure$/,
  );
  expect(session).not.toContain("user");
  const browser = createBrowserCookie("secret");
  expect(browser).toBe("__Host-sallyport-sign-in=secret; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
  for (const cookie of [session, browser, clearSessionCookie()]) expect(cookie).not.toMatch(/domain/i);
});

test("under https a cookie without the prefix is not taken: another host of the domain could have planted it", () => {
  expect(readBrowserSecret({ "sallyport-sign-in": "planted" })).toBeNull();
  expect(readBrowserSecret({ "__Host-sallyport-sign-in": "ours" })).toBe("ours");
});
