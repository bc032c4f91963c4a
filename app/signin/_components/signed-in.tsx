"use client";
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { sendSignInMessage } from "#app/_ui/external-sign-in.ts";
import { LinkButton } from "#app/_ui/link-button.tsx";

type Props = { attemptId: string; returnTo: string; closes: boolean };

/** Tells the workbench that the sign-in is done, and closes the window. */
export function SignedIn({ attemptId, returnTo, closes }: Props) {
  const [isOpen, setOpen] = useState(!closes);
  useEffect(() => {
    sendSignInMessage({ kind: "signed_in", attemptId });
    if (!closes) return;
    window.close();
    // A window that no script opened stays.
    setOpen(true);
  }, [attemptId, closes]);
  return (
    <div className="flex flex-wrap gap-2" style={{ visibility: isOpen ? "visible" : "hidden" }}>
      <Button onClick={() => window.close()}>Close this window</Button>
      <LinkButton href={returnTo} variant="default" isRoute>
        Go on in this window
      </LinkButton>
    </div>
  );
}
