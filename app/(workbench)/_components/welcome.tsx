import { LinkButton } from "#app/_ui/link-button.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import type { Profile } from "#lib/oauth/sign-in/model.ts";

/** What the first page says before anybody has signed in. */
export function Welcome({ profiles }: { profiles: Profile[] }) {
  return (
    <>
      <PageHeader title="Welcome to Sallyport" description="You are not signed in." />
      <div className="card max-w-2xl p-5">
        <p className="m-0 mb-3">
          {profiles.length > 0
            ? "Right-click a node in the tree panel (or rest a finger on it, or press the menu key) and choose User External Credentials to sign in with your organization's account. Or use the sign-in page."
            : "Sign in to see what is on the nodes."}
        </p>
        <LinkButton href="/signin">Sign in</LinkButton>
      </div>
    </>
  );
}
