import { type ChannelSummary, channelFields, fieldsOf } from "#lib/oversight/alerts/definition.ts";
import { type ChannelKind, mailFields } from "#lib/oversight/alerts/kinds.ts";
import { type AlertEvent, alertEvents } from "#lib/oversight/alerts/model.ts";
import type { ChannelInput, ChannelUpdate } from "#lib/oversight/alerts/schema.ts";
import { blankForm, type FormOf, listChanged, toForm, toSent } from "#lib/platform/definitions/form.ts";

type Mail = NonNullable<ChannelSummary["email"]>;

/** The inputs that hold something else than their field. */
type Own = {
  kind: ChannelKind;
  email: Omit<Mail, "port"> & { port: number | string };
  /** Undefined while the stored one is kept. */
  url: string | undefined;
  secret: string | undefined;
  nodeId: string | null;
  events: Record<AlertEvent, boolean>;
  quietMinutes: number | string;
};

/** What the form's fields hold. */
export type FormValues = Omit<FormOf<typeof channelFields>, keyof Own> & Own;

/** What the section of a kind gets: the kind, and what is stored of the channel. */
export type SectionProps = { kind: ChannelKind; channel: ChannelSummary | null };

const tick = (chosen: readonly AlertEvent[]) =>
  Object.fromEntries(alertEvents.map((event) => [event, chosen.includes(event)])) as Record<AlertEvent, boolean>;

export const emptyValues: FormValues = {
  ...blankForm(channelFields),
  kind: "email",
  email: { ...blankForm(mailFields), port: 587, security: "starttls" },
  nodeId: null,
  events: tick(alertEvents),
};

export function toFormValues(channel: ChannelSummary): FormValues {
  const { email, nodeId, events } = channel;
  return { ...toForm(channelFields, channel), email: email ?? emptyValues.email, nodeId, events: tick(events) };
}

/** The fields as the schema takes them: only what belongs to the kind. */
export function toInput(values: FormValues): ChannelInput {
  const events = alertEvents.filter((event) => values.events[event]);
  return toSent(fieldsOf(values.kind), { ...values, events }) as ChannelInput;
}

/** What of the form differs from what it started with. */
export function toUpdate(values: FormValues, from: FormValues, version: number): ChannelUpdate {
  const { kind: _, ...changed } = listChanged(toInput(values), toInput(from));
  return { ...changed, version } as ChannelUpdate;
}
