/** What a sign-in at a provider is for: a session, a session with a second factor, or a look at the claims. */
export const signInPurposes = ["sign_in", "step_up", "mapping_test"] as const;
export type SignInPurpose = (typeof signInPurposes)[number];

/** How the provider's pages are shown: in a window of their own that closes, or in place of the portal's. */
export const signInModes = ["popup", "redirect"] as const;
export type SignInMode = (typeof signInModes)[number];

/** A User credential as the person who signs in sees it. */
export type Profile = {
  id: string;
  name: string;
  /** The nodes at which, with what is under them, it is offered; null = everywhere. */
  nodeIds: string[] | null;
};

/** A node that is shown before anyone has signed in; `parentId` is the nearest listed one above it. */
export type ListedNode = { id: string; parentId: string | null; name: string };

/** Why nobody was signed in, for the person; `field` and `adminHint` for who edits the credential. */
export type SignInRefusal = {
  code: string;
  title: string;
  message: string;
  hint: string;
  /** Whether signing in again with a second factor would do. */
  stepUp: boolean;
  /** Field of the credential that most likely needs a change, null when none. */
  field: string | null;
};

/** How a sign-in ended, as the callback goes on from there. */
export type SignInOutcome = {
  kind: "signed_in" | "tested" | "refused";
  /** Null: what came back belongs to no sign-in that this browser began. */
  attemptId: string | null;
  mode: SignInMode;
  returnTo: string;
  /** Of the new session, null when there is none. */
  session: { userId: string; sessionToken: string } | null;
  refusal: SignInRefusal | null;
};

/** The provider's tokens of a session, as they are sealed in its row. Times in milliseconds since 1970. */
export type SessionTokens = {
  accessToken: string;
  accessTokenExpiresAt: number;
  /** Left out in sessions that were made before it was kept. */
  acquiredAt?: number;
  refreshToken: string | null;
  /** For `id_token_hint` of a sign-out at the provider. */
  idToken: string | null;
};
