"use client";
import { Loader } from "@mantine/core";
import { useEffect, useState } from "react";

type Props = {
  isRunning: boolean;
  label: string;
  /** How it went, announced when it is over. */
  outcome?: string | null;
};

/** Says that something is under way, and for how long; its begin and its end are announced once each. */
export function Progress({ isRunning, label, outcome }: Props) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isRunning) return;
    setSeconds(0);
    const began = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - began) / 1000)), 250);
    return () => clearInterval(timer);
  }, [isRunning]);
  return (
    <div className={isRunning ? "mt-5" : undefined}>
      <span role="status" className="sr-only">
        {isRunning ? label : outcome}
      </span>
      {isRunning && (
        <div className="card flex items-center gap-3 px-4 py-3" aria-hidden>
          <Loader size="sm" />
          <span>{label}</span>
          {seconds > 0 && <span className="text-dimmed tabular-nums">{seconds} s</span>}
        </div>
      )}
    </div>
  );
}
