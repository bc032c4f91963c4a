"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import type { ShownError } from "#app/_ui/action-error.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { ShownOnceDialog } from "#app/_ui/shown-once.tsx";
import type { UserDetail } from "#lib/access/accounts/definition.ts";
import type { ActionResult } from "#lib/web/action-result.ts";
import { removeSecondFactor, removeUser, resetUserPassword, saveUser, signUserOut } from "../actions.ts";

type Question = "disable" | "enable" | "reset" | "signOut" | "factor" | "delete";

/** What an admin can do to an account at once; each says what it touches before it is done. */
export function UserActions({ user, isSelf }: { user: UserDetail; isSelf: boolean }) {
  const router = useRouter();
  // Stays while the dialog fades away, so that it doesn't lose its words.
  const [asked, setAsked] = useState<Question>("disable");
  const [opened, setOpened] = useState(false);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [password, setPassword] = useState<string | null>(null);

  const ask = (question: Question) => {
    setError(null);
    setAsked(question);
    setOpened(true);
  };
  const confirm = async () => {
    setPending(true);
    const result = await perform(asked, user);
    setPending(false);
    if (!result.ok) return setError(result.error);
    setOpened(false);
    if (asked === "reset") setPassword((result.value as { password: string }).password);
    else notifications.show({ message: done(asked, user.username), color: "green" });
    if (asked === "delete") router.push("/users");
    else router.refresh();
  };
  const words = explain(asked, user, isSelf);

  return (
    <div className="mt-4 flex flex-wrap gap-2">
      {user.source === "local" && (
        <Button variant="default" onClick={() => ask("reset")}>
          Reset password
        </Button>
      )}
      {user.secondFactor && (
        <Button variant="default" onClick={() => ask("factor")}>
          Remove second factor
        </Button>
      )}
      <Button variant="default" onClick={() => ask("signOut")} disabled={user.activeSessions === 0}>
        Sign out everywhere
      </Button>
      <Button variant="default" onClick={() => ask(user.disabled ? "enable" : "disable")}>
        {user.disabled ? "Enable" : "Disable"}
      </Button>
      <Button variant="default" onClick={() => ask("delete")}>
        Delete
      </Button>
      <ConfirmDialog
        opened={opened}
        title={words.title}
        confirmLabel={words.confirm}
        irreversible={asked === "delete"}
        pending={pending}
        error={error}
        onConfirm={confirm}
        onClose={() => setOpened(false)}
      >
        {words.touches}
      </ConfirmDialog>
      <ShownOnceDialog
        value={password}
        title={`New password of ${user.username}`}
        label="password"
        onClose={() => setPassword(null)}
      >
        <p className="m-0">Hand it over in a safe way. It must be changed at the next sign-in.</p>
      </ShownOnceDialog>
    </div>
  );
}

function perform(question: Question, { id, version }: UserDetail): Promise<ActionResult<unknown>> {
  if (question === "delete") return removeUser({ id });
  if (question === "reset") return resetUserPassword({ id });
  if (question === "signOut") return signUserOut({ id });
  if (question === "factor") return removeSecondFactor({ id });
  return saveUser({ id, version, disabled: question === "disable" });
}

type Words = { title: string; confirm: string; touches: ReactNode };

function explain(question: Question, user: UserDetail, isSelf: boolean): Words {
  const name = user.username;
  const count = user.activeSessions;
  const sessions = count === 1 ? "the active session" : `the ${count} active sessions`;
  const ends = count === 0 ? "There is no active session." : `Ends ${sessions} at once.`;
  const self = isSelf ? " This is your own account: you will be signed out." : "";
  if (question === "reset") {
    const touches = `A new password is made up and shown once. The old one stops working. ${ends}${self}`;
    return { title: `Reset the password of ${name}?`, confirm: "Reset password", touches };
  }
  if (question === "factor") {
    const touches = `The authenticator app and the recovery codes stop working; the password alone is enough until another one is set up. ${ends}${self}`;
    return { title: `Remove the second factor of ${name}?`, confirm: "Remove", touches };
  }
  if (question === "signOut")
    return { title: `Sign ${name} out everywhere?`, confirm: "Sign out", touches: ends + self };
  if (question === "enable") {
    return {
      title: `Enable ${name}?`,
      confirm: "Enable",
      touches: "The account can sign in again, with its roles as they are.",
    };
  }
  if (question === "disable") {
    return {
      title: `Disable ${name}?`,
      confirm: "Disable",
      touches: `The account can't sign in until it is enabled. ${ends}${self}`,
    };
  }
  const touches = `Removes the account and its roles. ${ends} What ${name} did stays in the audit log.${self}`;
  return { title: `Delete the user ${name}?`, confirm: "Delete", touches };
}

function done(question: Question, name: string): string {
  if (question === "factor") return `Removed the second factor of ${name}.`;
  const words = { disable: "Disabled", enable: "Enabled", signOut: "Signed out", delete: "Deleted", reset: "Reset" };
  return `${words[question]} ${name}.`;
}
