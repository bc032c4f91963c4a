"use client";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import type { Profile } from "#lib/oauth/sign-in/model.ts";
import { authorizePath, isSignInMessage, signInChannel } from "./external-sign-in.ts";

const size = { width: 520, height: 720 };
/** How often a window is looked at, which does not tell when it is closed. */
const lookMs = 500;

type Options = { nodeId: string; onSignedIn: () => void };
/** A sign-in that is under way; `href` does the same without a window. */
type State = { profile: Profile; href: string; isClosed: boolean };

/**
 * Signs in with a credential profile in a window of its own; the page is rendered anew when that is done. Where the browser opens no
 * window, the page itself goes to the provider and comes back.
 */
export function useExternalSignIn({ nodeId, onSignedIn }: Options) {
  const router = useRouter();
  const [state, setState] = useState<State | null>(null);
  const popup = useRef<Window | null>(null);
  const isWaiting = state !== null;

  useEffect(() => {
    if (!isWaiting) return;
    const finish = (data: unknown) => {
      if (!isSignInMessage(data)) return;
      popup.current = null;
      setState(null);
      notifications.show({ message: "You are signed in.", color: "green" });
      router.refresh();
      onSignedIn();
    };
    const channel = new BroadcastChannel(signInChannel);
    channel.onmessage = ({ data }) => finish(data);
    // Browsers may keep channels of a window that was on another site apart; the opener is told too.
    const onMessage = ({ origin, data }: MessageEvent) => {
      if (origin === location.origin) finish(data);
    };
    window.addEventListener("message", onMessage);
    const timer = setInterval(() => {
      const isClosed = popup.current?.closed === true;
      setState((before) => (before && before.isClosed !== isClosed ? { ...before, isClosed } : before));
    }, lookMs);
    return () => {
      clearInterval(timer);
      window.removeEventListener("message", onMessage);
      channel.close();
    };
  }, [isWaiting, onSignedIn, router]);

  const start = (profile: Profile) => {
    if (popup.current && !popup.current.closed) return popup.current.focus();
    const returnTo = `${location.pathname}${location.search}`;
    const href = authorizePath(profile.id, { nodeId, mode: "redirect", returnTo });
    const left = window.screenX + (window.outerWidth - size.width) / 2;
    const top = window.screenY + (window.outerHeight - size.height) / 2;
    popup.current = window.open(
      authorizePath(profile.id, { nodeId, mode: "popup", returnTo }),
      "sallyport-sign-in",
      `popup,width=${size.width},height=${size.height},left=${Math.round(left)},top=${Math.round(top)}`,
    );
    if (!popup.current) return location.assign(href);
    setState({ profile, href, isClosed: false });
  };
  const cancel = () => {
    popup.current?.close();
    popup.current = null;
    setState(null);
  };
  return { state, start, cancel };
}
