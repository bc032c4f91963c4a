"use client";
import { useEffect } from "react";
import { type SignInMessage, sendSignInMessage } from "#app/_ui/external-sign-in.ts";

type Props = Omit<Extract<SignInMessage, { kind: "refused" }>, "kind">;

/** Tells the workbench that opened this window that the sign-in was refused, so that it stops waiting. */
export function SignInRefused({ credentialId, title, text, reference }: Props) {
  useEffect(() => {
    sendSignInMessage({ kind: "refused", credentialId, title, text, reference });
  }, [credentialId, title, text, reference]);
  return null;
}
