import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { KeyValue } from "#app/_ui/key-value.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { TriggerEvent } from "#lib/delivery/triggers/definition.ts";
import { triggerLabels as labels } from "#lib/delivery/triggers/definition.ts";
import type { ScheduleState, TriggerDetail } from "#lib/delivery/triggers/model.ts";
import { NextTimes } from "../../_components/next-times.tsx";
import { catchUpWords } from "../../_components/words.ts";
import { PauseButton } from "./pause-button.tsx";

type Props = {
  trigger: TriggerDetail;
  event: Extract<TriggerEvent, { kind: "schedule" }>;
  state: ScheduleState;
  mayWrite: boolean;
};

/** When the trigger is due, what was missed, and a button that pauses it. */
export function ScheduleCard({ trigger, event, state, mayWrite }: Props) {
  return (
    <Card
      title="Schedule"
      actions={mayWrite && <PauseButton id={trigger.id} version={trigger.version} event={event} />}
    >
      <div className="grid gap-4">
        {event.paused && <Notice tone="warn" title="The schedule is paused. No run is made until it is resumed." />}
        {!event.paused && trigger.enabled && <NextTimes cron={event.cron} timezone={event.timezone} />}
        {state.missed > 0 && state.missedUntil && (
          <Notice tone="warn" title={describeMissed(state.missed)}>
            <p className="m-0 text-sm">
              No worker was there. The latest of them: <Instant at={state.missedUntil} />
            </p>
          </Notice>
        )}
        <KeyValue
          items={[
            { label: labels["event.cron"], value: <code>{event.cron}</code> },
            { label: labels["event.timezone"], value: event.timezone },
            { label: "Last due", value: <Instant at={state.lastDueAt} /> },
            { label: labels["event.catchUp"], value: catchUpWords[event.catchUp] },
          ]}
        />
      </div>
    </Card>
  );
}

function describeMissed(missed: number): string {
  if (missed >= 1000) return "1000 or more times passed without a run.";
  return missed === 1 ? "1 time passed without a run." : `${missed} times passed without a run.`;
}
