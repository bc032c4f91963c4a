import type { Mail, MailServer } from "#lib/platform/net/send-mail.ts";
import type { AlertMessage } from "../model.ts";

/** A message on its way through a channel. */
export type Letter = {
  id: string;
  message: AlertMessage;
  /** Address of an owner; blank: the channel itself. */
  recipient: string;
  sentAt: Date;
  /** Host of the portal. */
  host: string;
  /** Opens the channel's secret; "" when it has none. @throws AppError `secret_unreadable` */
  openSecret: () => string;
};

/**
 * What a kind makes of a letter: a JSON body for the channel's URL, signed if there is a key, or a mail. What stands in a
 * name or a reason is data and never markup.
 */
export type Parcel = { body: string; signingKey?: string } | { server: MailServer; mail: Mail };

/** Which secrets of a channel are stored. */
export type StoredSecrets = { url: boolean; secret: boolean };
