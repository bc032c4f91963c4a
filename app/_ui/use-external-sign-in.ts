"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import type { Profile } from "#lib/oauth/sign-in/model.ts";
import { authorizePath, isSignInMessage, type SignInMessage, signInChannel } from "./external-sign-in.ts";

const size = { width: 520, height: 720 };
/** How often the window is checked: browsers send no event when it closes. */
const lookMs = 500;

type Options = { nodeId: string; onSignedIn: () => void };
type Refused = Extract<SignInMessage, { kind: "refused" }>;
/** `href` does the same without a window. `closed` might also be a window that a provider's page cut off (COOP). */
type State =
  | { step: "idle" }
  | { step: "waiting"; profile: Profile; href: string }
  | { step: "closed"; profile: Profile; href: string }
  | { step: "refused"; profile: Profile; href: string; refusal: Refused };

/**
 * Signs in with a credential profile in a separate window, and refreshes the page when that is done. It waits until the window
 * says how the sign-in ended, or is closed. If the browser opens no window, the page itself goes to the provider and returns.
 */
export function useExternalSignIn({ nodeId, onSignedIn }: Options) {
  const router = useRouter();
  const [state, setState] = useState<State>({ step: "idle" });
  const popup = useRef<Window | null>(null);
  const isStarted = state.step !== "idle";
  const isWaiting = state.step === "waiting";

  // A window that seems closed can still finish, so messages count as long as the dialog is open.
  useEffect(() => {
    if (!isStarted) return;
    const take = (message: unknown) => {
      if (!isSignInMessage(message)) return;
      if (message.kind === "refused") {
        setState((now) =>
          now.step === "idle" || (message.credentialId ?? now.profile.id) !== now.profile.id
            ? now
            : { ...now, step: "refused", refusal: message },
        );
        return;
      }
      popup.current = null;
      setState({ step: "idle" });
      notifications.show({ message: "You are signed in.", color: "green" });
      router.refresh();
      onSignedIn();
    };
    const channel = new BroadcastChannel(signInChannel);
    channel.onmessage = ({ data }) => take(data);
    const onMessage = ({ origin, data }: MessageEvent) => {
      if (origin === location.origin) take(data);
    };
    window.addEventListener("message", onMessage);
    return () => {
      window.removeEventListener("message", onMessage);
      channel.close();
    };
  }, [isStarted, onSignedIn, router]);

  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => {
      if (popup.current?.closed === false) return;
      setState((now) => (now.step === "waiting" ? { ...now, step: "closed" } : now));
      // It might have been closed just after the session was created.
      router.refresh();
    }, lookMs);
    return () => clearInterval(timer);
  }, [isWaiting, router]);

  const start = (profile: Profile) => {
    if (isWaiting && popup.current?.closed === false) return popup.current.focus();
    const returnTo = `${location.pathname}${location.search}`;
    const href = authorizePath(profile.id, { nodeId, mode: "redirect", returnTo });
    const left = window.screenX + (window.outerWidth - size.width) / 2;
    const top = window.screenY + (window.outerHeight - size.height) / 2;
    popup.current = window.open(
      authorizePath(profile.id, { nodeId, mode: "popup", returnTo }),
      "sallyport-sign-in",
      `popup,width=${size.width},height=${size.height},left=${Math.round(left)},top=${Math.round(top)}`,
    );
    // Some blockers return a window that is closed already.
    if (!popup.current || popup.current.closed) return location.assign(href);
    popup.current.focus();
    setState({ step: "waiting", profile, href });
  };
  const cancel = () => {
    popup.current?.close();
    popup.current = null;
    setState({ step: "idle" });
  };
  return { state, start, cancel };
}
