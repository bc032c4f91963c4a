"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { ConfirmDialog } from "./confirm-dialog.tsx";

type Leave = () => void;

/**
 * Asks before unsaved changes are lost: by a link, the back button (Navigation API where the browser has it, else a spare
 * history entry), a reload or closing. Put it into the form with `dirty` = the form differs and isn't being saved.
 */
export function UnsavedChangesGuard({ dirty }: { dirty: boolean }) {
  const router = useRouter();
  const [leave, setLeave] = useState<Leave | null>(null);
  const isOff = useRef(false);

  useEffect(() => {
    if (!dirty) return;
    isOff.current = false;
    const ask = (go: Leave) => setLeave(() => go);

    const onUnload = (event: BeforeUnloadEvent) => {
      if (!isOff.current) event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      if (!link || isOff.current || !leavesThisPage(event, link)) return;
      event.preventDefault();
      event.stopPropagation();
      const { href, pathname, search, hash, origin } = link;
      ask(() => (origin === location.origin ? router.push(pathname + search + hash) : location.assign(href)));
    };
    const stopWatchingBack = watchBack(() => isOff.current, ask);

    window.addEventListener("beforeunload", onUnload);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      document.removeEventListener("click", onClick, { capture: true });
      stopWatchingBack();
    };
  }, [dirty, router]);

  return (
    <ConfirmDialog
      opened={leave !== null}
      title="Leave without saving?"
      confirmLabel="Discard changes"
      cancelLabel="Keep editing"
      onClose={() => setLeave(null)}
      onConfirm={() => {
        isOff.current = true;
        setLeave(null);
        leave?.();
      }}
    >
      What you changed here is not saved yet.
    </ConfirmDialog>
  );
}

function leavesThisPage(event: MouseEvent, link: HTMLAnchorElement): boolean {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
  if ((link.target && link.target !== "_self") || link.hasAttribute("download") || !link.href) return false;
  return link.pathname !== location.pathname || link.search !== location.search || link.origin !== location.origin;
}

function watchBack(isOff: () => boolean, ask: (go: Leave) => void): () => void {
  if ("navigation" in window) {
    const { navigation } = window;
    const onNavigate = (event: NavigateEvent) => {
      if (event.navigationType !== "traverse" || !event.cancelable || isOff()) return;
      event.preventDefault();
      const { key } = event.destination;
      ask(() => navigation.traverseTo(key));
    };
    navigation.addEventListener("navigate", onNavigate);
    return () => navigation.removeEventListener("navigate", onNavigate);
  }
  const { history, location } = globalThis;
  history.pushState(history.state, "", location.href);
  const onPop = () => {
    if (isOff()) return;
    history.pushState(history.state, "", location.href);
    ask(() => history.go(-2));
  };
  globalThis.addEventListener("popstate", onPop);
  return () => globalThis.removeEventListener("popstate", onPop);
}
