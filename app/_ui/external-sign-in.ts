/** Over this channel a window of a sign-in tells the workbench that it is done. Pages of this portal alone can use it. */
export const signInChannel = "sallyport-sign-in";

/** What the window says; it holds nothing that must be kept. */
export type SignInMessage = { kind: "signed_in"; attemptId: string };

export function isSignInMessage(data: unknown): data is SignInMessage {
  return typeof data === "object" && data !== null && (data as SignInMessage).kind === "signed_in";
}

type Where = { nodeId?: string | null; mode: "popup" | "redirect"; returnTo: string; switchAccount?: boolean };

/** Where a sign-in with a credential profile begins. */
export function authorizePath(credentialId: string, { nodeId, mode, returnTo, switchAccount }: Where): string {
  const query = new URLSearchParams({ mode, returnTo });
  if (nodeId) query.set("node", nodeId);
  if (switchAccount) query.set("switch", "1");
  return `/api/credentials/${credentialId}/authorize?${query}`;
}
