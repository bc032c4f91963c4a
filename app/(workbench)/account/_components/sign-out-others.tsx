"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { ConfirmButton } from "#app/_ui/confirm-button.tsx";
import { signOutMyOthers } from "../actions.ts";

/** Ends all of one's own sessions but the one in use. */
export function SignOutOthers({ count }: { count: number }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Sign out everywhere else"
      button={{ disabled: count < 1 }}
      title="Sign out everywhere else?"
      confirmLabel="Sign out"
      action={signOutMyOthers}
      input={{}}
      onDone={(ended) => {
        notifications.show({
          message: `${ended === 1 ? "1 session has" : `${ended} sessions have`} ended.`,
          color: "green",
        });
        router.refresh();
      }}
    >
      {count === 1 ? "Your other session ends immediately." : `Your ${count} other sessions end immediately.`} You stay
      signed in here.
    </ConfirmButton>
  );
}
