import { authorizePath } from "#app/_ui/external-sign-in.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import type { Profile } from "#lib/oauth/sign-in/model.ts";

/** The credential profiles beside the form of local accounts. */
export function ProfileLinks({ profiles, returnTo }: { profiles: Profile[]; returnTo: string }) {
  if (profiles.length === 0) return null;
  return (
    <section
      aria-labelledby="profiles-title"
      className="long-buttons mt-6 grid gap-2 border-0 border-t border-solid border-line pt-5"
    >
      <h2 id="profiles-title" className="m-0 text-sm font-semibold text-dimmed">
        With your organization's account
      </h2>
      {profiles.map(({ id, name }) => (
        <LinkButton key={id} href={authorizePath(id, { mode: "redirect", returnTo })} variant="default" isRoute>
          Sign in with {name}
        </LinkButton>
      ))}
    </section>
  );
}
