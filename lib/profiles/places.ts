/** What the envelope of a session's tokens is bound to. */
export function sessionTokensPlace(sessionId: string): string {
  return `sessions/${sessionId}.tokens`;
}

/** What an envelope of a begun sign-in is bound to. */
export function attemptPlace(attemptId: string, field: "secrets" | "claims"): string {
  return `sign_in_attempts/${attemptId}.${field}`;
}
