"use client";
import { Button, NativeSelect } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { PlusIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { roleOptions, roleWords } from "#app/_shared/accounts/role-words.ts";
import { callAction } from "#app/_ui/call-action.ts";
import { authorizePath } from "#app/_ui/external-sign-in.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { Role } from "#lib/access/permissions/permissions.ts";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import { saveCredential } from "../../actions.ts";

type UserCredential = Extract<CredentialDetail, { type: "user" }>;
type Props = {
  credential: UserCredential;
  /** Values of the roles claim that have no role yet. */
  received: string[];
};

/** What lets users in who can't sign in yet: a test sign-in, and the values that were received, each mapped with one click. */
export function AccessCard({ credential, received }: Props) {
  const isClosed = credential.roleMapping.length === 0 && credential.defaultRole === null;
  if (!isClosed && received.length === 0) return null;
  const { id, enabled } = credential;
  const returnTo = `/credentials/${id}/mapping`;
  return (
    <Notice
      tone={isClosed ? "warn" : "info"}
      title={isClosed ? "No user can sign in yet" : "Users were refused: their roles aren't mapped"}
    >
      {isClosed && (
        <p className="m-0">
          {received.length > 0
            ? "Map a value that the provider sent, or select a default role."
            : "Sign in for a test: the values that the provider sends can then be mapped with one click. Or select a default role."}
        </p>
      )}
      {received.length > 0 && (
        <ul aria-label="Received values" className="m-0 mt-3 grid list-none gap-2 p-0">
          {received.map((value) => (
            <ReceivedValue key={value} credential={credential} value={value} />
          ))}
        </ul>
      )}
      {isClosed && enabled && (
        <div className="mt-3">
          <LinkButton
            href={`${authorizePath(id, { mode: "redirect", returnTo })}&test=1`}
            variant={received.length > 0 ? "default" : "filled"}
            isRoute
          >
            Test sign-in
          </LinkButton>
        </div>
      )}
    </Notice>
  );
}

function ReceivedValue({ credential, value }: { credential: UserCredential; value: string }) {
  const router = useRouter();
  const [role, setRole] = useState<Role>("operator");
  const [isPending, startTransition] = useTransition();
  const map = () =>
    startTransition(async () => {
      const { id, version, roleMapping } = credential;
      const update = { version, roleMapping: [...roleMapping, { claimValue: value, role, nodeId: null }] };
      const answer = await callAction(saveCredential, { id, update });
      notifications.show(
        answer.ok
          ? { message: `Saved: ${value} → ${roleWords[role].label}, all nodes`, color: "green" }
          : { message: answer.error.message, color: "red" },
      );
      router.refresh();
    });
  return (
    <li className="flex flex-wrap items-center gap-2">
      <code className="min-w-0 wrap-anywhere">{value}</code>
      <span aria-hidden>→</span>
      <NativeSelect
        size="xs"
        aria-label={`Role for ${value}`}
        data={roleOptions}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
      />
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<PlusIcon size={14} aria-hidden />}
        loading={isPending}
        onClick={map}
      >
        Map {value}
      </Button>
    </li>
  );
}
