import { Notice } from "#app/_ui/notice.tsx";

type Profile = { id: string; name: string };

/** Says that the trigger sends the own token of who runs it, with the button that leads to the provider and back. */
export function SignInFirst({ profile, returnTo }: { profile: Profile; returnTo: string }) {
  return (
    <Notice tone="warn" title={`Sign in with ${profile.name} first.`}>
      <p className="m-0 mb-3">
        This trigger sends the token of the person who runs it, and your session has none of {profile.name}. Signing in
        with it ends this session and brings you back here.
      </p>
      <SignInButton profile={profile} returnTo={returnTo} />
    </Notice>
  );
}

/** A plain link: it leaves the workbench for the provider's pages. */
export function SignInButton({ profile, returnTo }: { profile: Profile; returnTo: string }) {
  return (
    <a
      className="quiet-button"
      href={`/api/credentials/${profile.id}/authorize?returnTo=${encodeURIComponent(returnTo)}`}
    >
      Sign in with {profile.name}
    </a>
  );
}
