"use client";
import { CircleXIcon, ClockAlertIcon, TriangleAlertIcon } from "lucide-react";
import { Badge } from "./badge.tsx";
import { useClock } from "./clock.tsx";

const dayMs = 86_400_000;

type Props = {
  /** When it ends, ISO; null shows `fallback`. */
  endsAt: string | null;
  fallback?: string;
};

/** How many days are left, in words and, in the last 30, as a badge; the last day that counts (UTC) stands beside it. */
export function DaysLeft({ endsAt, fallback = "not known" }: Props) {
  const { now } = useClock();
  const end = endsAt === null ? Number.NaN : Date.parse(endsAt);
  if (Number.isNaN(end)) return <span className="text-dimmed">{fallback}</span>;
  const days = Math.floor((end - now) / dayMs);
  const day = new Date(end - 1).toISOString().slice(0, 10);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 tabular-nums">
      <Left days={days} />
      <time dateTime={day} className="whitespace-nowrap text-dimmed">
        {day}
      </time>
    </span>
  );
}

function Left({ days }: { days: number }) {
  const words = describeDays(days);
  if (days < 0) {
    return (
      <Badge tone="bad" icon={CircleXIcon}>
        {words}
      </Badge>
    );
  }
  if (days <= 7) {
    return (
      <Badge tone="bad" icon={TriangleAlertIcon}>
        {words}
      </Badge>
    );
  }
  if (days <= 30) {
    return (
      <Badge tone="warn" icon={ClockAlertIcon}>
        {words}
      </Badge>
    );
  }
  return <span className="whitespace-nowrap">{words}</span>;
}

function describeDays(days: number): string {
  if (days < -1) return `Ended ${-days} days ago`;
  if (days < 0) return "Ended within a day";
  if (days === 0) return "Ends within a day";
  return days === 1 ? "1 day left" : `${days} days left`;
}
