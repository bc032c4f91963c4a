/** Over this channel a window of a sign-in tells the workbench how it ended. Pages of this portal alone can use it. */
export const signInChannel = "sallyport-sign-in";

/**
 * What the window says; it holds nothing that must be kept, and of a refusal only what the user reads there. `credentialId` is null
 * if the refusal belongs to no sign-in of this browser.
 */
export type SignInMessage =
  | { kind: "signed_in"; attemptId: string }
  | { kind: "refused"; credentialId: string | null; title: string; text: string; reference: string | null };

export function isSignInMessage(data: unknown): data is SignInMessage {
  const kind = typeof data === "object" && data !== null ? (data as SignInMessage).kind : null;
  return kind === "signed_in" || kind === "refused";
}

/** Tells all pages of this portal, and the opener, whose browser might keep channels of a window that was on another site apart. */
export function sendSignInMessage(message: SignInMessage): void {
  // Any site can open the page of such a refusal, so it concerns nobody but its opener.
  if (message.kind !== "refused" || message.credentialId !== null) {
    const channel = new BroadcastChannel(signInChannel);
    channel.postMessage(message);
    channel.close();
  }
  window.opener?.postMessage(message, location.origin);
}

type Where = { nodeId?: string | null; mode: "popup" | "redirect"; returnTo: string; switchAccount?: boolean };

/** Where a sign-in with a credential profile begins. */
export function authorizePath(credentialId: string, { nodeId, mode, returnTo, switchAccount }: Where): string {
  const query = new URLSearchParams({ mode, returnTo });
  if (nodeId) query.set("node", nodeId);
  if (switchAccount) query.set("switch", "1");
  return `/api/credentials/${credentialId}/authorize?${query}`;
}
