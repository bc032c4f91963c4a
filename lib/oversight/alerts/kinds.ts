import type { z } from "zod";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import { type EmailSettings, email, mailFields } from "./kinds/email.ts";
import type { Letter, Parcel, StoredSecrets } from "./kinds/letter.ts";
import { slack } from "./kinds/slack.ts";
import { teams } from "./kinds/teams.ts";
import { webhook } from "./kinds/webhook.ts";

export { mailFields };

/** The ways to send alerts. A form section for each is in app/(workbench)/alerts/_components/channel-form.tsx. */
const registry = { email, teams, slack, webhook };
export type ChannelKind = keyof typeof registry;

type AllOf<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type SettingFields = AllOf<(typeof registry)[ChannelKind]["fields"]>;
type Settings = Partial<z.output<z.ZodObject<SettingFields>>>;

type Kind = {
  label: string;
  /** What a channel of this kind has beside the fields of every channel. */
  fields: Partial<SettingFields>;
  /** Where its URL is found. */
  urlHint?: string;
  /** What its secret is called, if it has one. */
  secretLabel?: string;
  complain: (input: Settings, stored: StoredSecrets) => FieldError[];
  /** What is wrong with an edit, given what was stored before. */
  complainAboutEdit?: (
    before: Settings & { urlHost?: string | null },
    after: Settings,
    stored: StoredSecrets,
  ) => FieldError[];
  build: (letter: Letter, email: EmailSettings | null) => Parcel;
};

export const channelKinds: Record<ChannelKind, Kind> = registry;
export const kindNames = Object.keys(registry) as [ChannelKind, ...ChannelKind[]];

/** The settings of all kinds: a channel is flat, and has those of other kinds not set. */
export const settingFields: SettingFields = Object.assign({}, ...Object.values(registry).map(({ fields }) => fields));
