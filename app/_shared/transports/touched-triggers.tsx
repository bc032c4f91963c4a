import Link from "next/link";
import { Instant } from "#app/_ui/instant.tsx";

export type TouchedTrigger = {
  id: string;
  name: string;
  enabled: boolean;
  event: "on_demand" | "schedule" | "webhook";
  nextDueAt: string | null;
};

const shown = 20;
const eventWords = { on_demand: "on demand", schedule: "schedule", webhook: "webhook" };

/** Triggers that a change touches, with what fires them and when that is next. */
export function TouchedTriggerList({ triggers, rest = 0 }: { triggers: TouchedTrigger[]; rest?: number }) {
  const more = Math.max(triggers.length - shown, 0) + rest;
  return (
    <ul className="m-0 mt-1 pl-5 text-sm">
      {triggers.slice(0, shown).map(({ id, name, enabled, event, nextDueAt }) => (
        <li key={id} className="wrap-anywhere">
          <Link className="link underline" href={`/triggers/${id}`} prefetch={false}>
            {name}
          </Link>{" "}
          <span className="text-dimmed">
            {eventWords[event]}
            {!enabled && ", disabled"}
            {enabled && event === "schedule" && (nextDueAt === null ? ", not due" : ", next run ")}
            {nextDueAt !== null && <Instant at={nextDueAt} show="relative" />}
          </span>
        </li>
      ))}
      {more > 0 && <li className="text-dimmed">and {more} more</li>}
    </ul>
  );
}

/** The run that is due first; nothing when no schedule is. */
export function NextRun({ triggers }: { triggers: TouchedTrigger[] }) {
  const first = triggers.reduce<TouchedTrigger | null>((soonest, trigger) => {
    if (trigger.nextDueAt === null) return soonest;
    return soonest?.nextDueAt && Date.parse(soonest.nextDueAt) <= Date.parse(trigger.nextDueAt) ? soonest : trigger;
  }, null);
  if (!first) return null;
  return (
    <p className="m-0 wrap-anywhere">
      The next run is that of <strong>{first.name}</strong>: <Instant at={first.nextDueAt} />.
    </p>
  );
}
