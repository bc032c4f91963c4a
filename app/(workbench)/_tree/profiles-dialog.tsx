"use client";
import { Button, Modal } from "@mantine/core";
import { ExternalLinkIcon } from "lucide-react";
import { Notice } from "#app/_ui/notice.tsx";
import { useExternalSignIn } from "#app/_ui/use-external-sign-in.ts";
import type { TreeItem } from "#lib/access/nodes/branches.ts";
import type { Profile } from "#lib/oauth/sign-in/model.ts";

type Props = { node: TreeItem; profiles: Profile[]; onDone: () => void };

/** The credential profiles that are offered at a node; choosing one opens the provider's page. */
export function ProfilesDialog({ node, profiles, onDone }: Props) {
  const { state, start, cancel } = useExternalSignIn({ nodeId: node.id, onSignedIn: onDone });
  const close = () => {
    cancel();
    onDone();
  };
  return (
    <Modal
      opened
      onClose={close}
      title="User External Credentials"
      closeButtonProps={{ "aria-label": "Close" }}
      returnFocus={false}
    >
      <div className="grid gap-4">
        {state === null ? (
          <Choice node={node} profiles={profiles} onChoose={start} />
        ) : (
          <Waiting
            profile={state.profile}
            isClosed={state.isClosed}
            href={state.href}
            onAgain={() => start(state.profile)}
          />
        )}
      </div>
    </Modal>
  );
}

type ChoiceProps = { node: TreeItem; profiles: Profile[]; onChoose: (profile: Profile) => void };

function Choice({ node, profiles, onChoose }: ChoiceProps) {
  if (profiles.length === 0) {
    return (
      <p className="m-0">
        No credential profile is offered at {node.name}. An admin adds one under Administration &gt; Credentials, as a
        credential of type User.
      </p>
    );
  }
  return (
    <>
      <p className="m-0 text-sm text-dimmed">
        Choose the profile to sign in with at {node.name}. The provider's page opens in a window of its own.
      </p>
      <ul aria-label="Credential profiles" className="m-0 grid list-none gap-2 p-0">
        {profiles.map((profile, index) => (
          <li key={profile.id}>
            <Button
              fullWidth
              variant="default"
              justify="space-between"
              rightSection={<ExternalLinkIcon size={16} aria-hidden />}
              data-autofocus={index === 0 || undefined}
              onClick={() => onChoose(profile)}
            >
              {profile.name}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

type WaitingProps = { profile: Profile; isClosed: boolean; href: string; onAgain: () => void };

function Waiting({ profile, isClosed, href, onAgain }: WaitingProps) {
  return (
    <>
      <div role="status">
        <Notice title={isClosed ? "The window seems to be closed" : `Sign in with ${profile.name}`}>
          {isClosed
            ? "Open it again, or sign in on this page."
            : "The provider's page is open in another window. It closes by itself when you are signed in."}
        </Notice>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onAgain}>{isClosed ? "Open it again" : "Show the window"}</Button>
        <Button component="a" href={href} variant="default">
          Sign in on this page instead
        </Button>
      </div>
    </>
  );
}
