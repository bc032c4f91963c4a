import {
  type AlertEvent,
  alertEvents,
  type ChannelKind,
  type ChannelSummary,
  type MailSecurity,
} from "#lib/oversight/alerts/model.ts";
import type { ChannelInput, ChannelUpdate } from "#lib/oversight/alerts/schema.ts";

/** What the form's fields hold. A secret is undefined while the stored one is kept. */
export type FormValues = {
  name: string;
  kind: ChannelKind;
  email: {
    host: string;
    port: number | string;
    security: MailSecurity;
    username: string;
    from: string;
    to: string[];
    toOwner: boolean;
  };
  url: string | undefined;
  secret: string | undefined;
  nodeId: string | null;
  events: Record<AlertEvent, boolean>;
  quietMinutes: number | string;
  enabled: boolean;
};

export const emptyValues: FormValues = {
  name: "",
  kind: "email",
  email: { host: "", port: 587, security: "starttls", username: "", from: "", to: [], toOwner: true },
  url: "",
  secret: "",
  nodeId: null,
  events: { expiry: true, status: true },
  quietMinutes: 5,
  enabled: true,
};

export function toFormValues(channel: ChannelSummary): FormValues {
  const { name, kind, email, nodeId, events, quietMinutes, enabled } = channel;
  return {
    name,
    kind,
    email: email ?? emptyValues.email,
    url: channel.urlSetAt === null ? "" : undefined,
    secret: channel.secretSetAt === null ? "" : undefined,
    nodeId,
    events: { expiry: events.includes("expiry"), status: events.includes("status") },
    quietMinutes,
    enabled,
  };
}

/** The fields as the schema takes them: only what belongs to the kind. */
export function toInput(values: FormValues): ChannelInput {
  const { name, kind, email, url, secret, nodeId, events, quietMinutes, enabled } = values;
  const own =
    kind === "email"
      ? { email: { ...email, port: email.port as number }, secret: secret === "" ? null : secret }
      : kind === "webhook"
        ? { url, secret }
        : { url };
  return {
    name,
    kind,
    ...own,
    nodeId,
    events: alertEvents.filter((event) => events[event]),
    quietMinutes: quietMinutes as number,
    enabled,
  };
}

/** What of the form differs from what it started with. */
export function toUpdate(values: FormValues, from: FormValues, version: number): ChannelUpdate {
  const { kind: _, ...after } = toInput(values);
  const before: Record<string, unknown> = toInput(from);
  const changed = Object.entries(after).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  return { ...Object.fromEntries(changed), version } as ChannelUpdate;
}
