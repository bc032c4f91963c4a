"use client";
import { Button } from "@mantine/core";
import { PauseIcon, PlayIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useState, useTransition } from "react";
import { callAction } from "#app/_ui/call-action.ts";
import { Instant } from "#app/_ui/instant.tsx";
import { noteDashboardVisit } from "../actions.ts";

const everyMs = 20_000;

/**
 * Fetches the page anew every 20 s while it is in sight, without a flicker, until it is paused. Says aloud what changed, and only
 * when something did.
 */
export function LiveRefresh({ at, summary }: { at: string; summary: string }) {
  const router = useRouter();
  const [isPaused, setPaused] = useState(false);
  const [, startTransition] = useTransition();
  useEffect(() => void callAction(noteDashboardVisit, {}), []);
  useEffect(() => {
    if (isPaused) return;
    const refresh = () => {
      if (document.visibilityState !== "visible") return;
      startTransition(() => router.refresh());
      void callAction(noteDashboardVisit, {});
    };
    const timer = setInterval(refresh, everyMs);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [isPaused, router]);
  const Icon = isPaused ? PlayIcon : PauseIcon;
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm text-dimmed">
      <span>
        As of <Instant at={at} show="absolute" seconds />
        {isPaused ? ", paused" : ""}
      </span>
      <span role="status" aria-live="polite" className="sr-only">
        {summary}
      </span>
      <Button
        className="print:hidden"
        size="compact-sm"
        variant="default"
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => setPaused(!isPaused)}
      >
        {isPaused ? "Go on refreshing" : "Pause"}
      </Button>
    </div>
  );
}
