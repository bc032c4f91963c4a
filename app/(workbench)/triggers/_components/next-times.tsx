"use client";
import { useClock } from "#app/_ui/clock.tsx";
import { formatRelative } from "#app/_ui/format-time.ts";
import { describeCron, findCronMistake, isTimeZone, nextTimes } from "#lib/delivery/triggers/cron.ts";

const shown = 5;

type Props = {
  cron: string;
  timezone: string;
  /** The field says already what is wrong. */
  isRefused?: boolean;
};

/** A schedule in words, and its next five times, in its own time zone. */
export function NextTimes({ cron, timezone, isRefused = false }: Props) {
  const { now } = useClock();
  // The form says what is wrong when it is saved; while somebody types, nothing is known yet.
  const isKnown = now > 0 && isTimeZone(timezone) && findCronMistake(cron) === null;
  return (
    <section aria-label="Next times" className="rounded-md border border-solid border-line p-3">
      <p role="status" className={isKnown ? "m-0 font-semibold" : "m-0 text-sm text-dimmed"}>
        {isKnown ? describeCron(cron) : describeLack(cron, isRefused)}
      </p>
      {isKnown && (
        <ol className="m-0 mt-1 grid gap-0.5 pl-5 text-sm">
          {nextTimes({ cron, timezone }, new Date(now), shown).map((time) => (
            <li key={time.getTime()}>
              {inWords(time, timezone)} <span className="text-dimmed">({formatRelative(time.getTime(), now)})</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function describeLack(cron: string, isRefused: boolean): string {
  if (isRefused || cron.trim() === "") return "Here the next five times will stand.";
  return findCronMistake(cron) ?? "Pick a time zone.";
}

/** `Wednesday 25 November 2026 at 08:00 CET`. */
function inWords(time: Date, timezone: string): string {
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  const day = new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: timezone }).format(time);
  const clock = { hour: "2-digit", minute: "2-digit", timeZoneName: "short" } as const;
  return `${day}, ${new Intl.DateTimeFormat("en-GB", { ...clock, timeZone: timezone }).format(time)}`;
}
