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

/** A text with its advice. */
export type Explanation = { message: string; hint: string };

/** Why a sign-in was refused. `title`, `message`, and `hint` address the user, and never describe the configuration. */
export type SignInRefusal = Explanation & {
  code: string;
  title: string;
  /** For admins, in the event log and the log: what is wrong and how to fix it. Null if the user's text says it all. */
  admin: Explanation | null;
  /** Whether signing in again with a second factor would do. */
  stepUp: boolean;
  /** Field of the credential that most likely needs a change, null when none. */
  field: string | null;
};

/** A refusal as the attempt keeps it. `reference` is the ID of its event in the credential's event log, and in the log. */
export type RecordedRefusal = SignInRefusal & { reference: string | null };

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
