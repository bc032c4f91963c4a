/** A refused sign-in: the code of the AppError, and the seconds to wait after too many attempts. */
export type Refusal = { code: string; retryAfterSeconds: number | null };

/**
 * Signs in through next-auth's endpoints (its REST API: the CSRF token first, then the credentials callback).
 * @param account `code` of the second factor, empty when none was asked for yet.
 * @returns null when signed in. @throws TypeError when the portal can't be reached.
 */
export async function signInWithPassword(account: {
  username: string;
  password: string;
  code: string;
}): Promise<Refusal | null> {
  const csrf = await fetch("/api/auth/csrf", { headers: { accept: "application/json" } });
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const response = await fetch("/api/auth/callback/credentials", {
    method: "POST",
    body: new URLSearchParams({ ...account, csrfToken, callbackUrl: "/", json: "true" }),
  });
  const { url } = (await response.json()) as { url?: string };
  const error = url ? new URL(url, window.location.origin).searchParams.get("error") : "internal";
  if (response.ok && error === null) return null;
  return parseRefusal(error ?? "internal");
}

/** `too_many_attempts.45` → code and seconds. */
export function parseRefusal(text: string): Refusal {
  const [code = "internal", seconds] = text.split(".");
  return { code, retryAfterSeconds: seconds && /^\d{1,6}$/.test(seconds) ? Number(seconds) : null };
}
