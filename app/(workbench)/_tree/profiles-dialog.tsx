"use client";
import { Button, Modal } from "@mantine/core";
import { ExternalLinkIcon } from "lucide-react";
import { CopiedValue } from "#app/_ui/copied-value.tsx";
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
        <div role="status" className="empty:hidden">
          <Progress state={state} />
        </div>
        {state.step === "waiting" ? (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => start(state.profile)}>Bring window to front</Button>
            <Button component="a" href={state.href} variant="default">
              Sign in on this page instead
            </Button>
          </div>
        ) : (
          <Choice node={node} profiles={profiles} onChoose={start} />
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
      <p className="m-0 text-sm text-dimmed">Choose a sign-in profile for {node.name}. Opens in a new window.</p>
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

/** What the window does, or how it ended. */
function Progress({ state }: { state: ReturnType<typeof useExternalSignIn>["state"] }) {
  if (state.step === "idle") return null;
  if (state.step === "waiting") {
    return (
      <Notice title={`Sign in with ${state.profile.name}`}>
        Continue in the sign-in window. It closes automatically.
      </Notice>
    );
  }
  if (state.step === "closed") {
    return (
      <Notice tone="warn" title="The sign-in window was closed">
        You aren't signed in yet. Try again, or finish in the window if it's still open.
      </Notice>
    );
  }
  const { title, text, reference } = state.refusal;
  return (
    <Notice tone="bad" title={title}>
      <p className="m-0">{text}</p>
      {reference && (
        <p className="m-0 mt-2 text-sm">
          Reference for your administrator: <CopiedValue value={reference} label="Copy the reference" isCode />
        </p>
      )}
    </Notice>
  );
}
