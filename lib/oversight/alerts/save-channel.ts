import { eq } from "drizzle-orm";
import { v7 } from "uuid";
import { alertChannels } from "#drizzle/schema/alert-channels.ts";
import { requireNodes } from "#lib/access/accounts/user-store.ts";
import { type Context, requirePermission } from "#lib/access/permissions/context.ts";
import { recordAudit } from "#lib/platform/audit/record.ts";
import { refuseStaleEdit } from "#lib/platform/audit/stale-edit.ts";
import { channelAad } from "#lib/platform/crypto/aad.ts";
import { sealSecret } from "#lib/platform/crypto/envelope.ts";
import { bumpChanges } from "#lib/platform/db/changes.ts";
import { inTransaction } from "#lib/platform/db/client.ts";
import { findViolation } from "#lib/platform/db/violations.ts";
import { toStored } from "#lib/platform/definitions/derive.ts";
import { dropUndefined, pickFields } from "#lib/platform/definitions/rows.ts";
import { AppError, invalidInput } from "#lib/platform/errors/app-error.ts";
import { type ChannelSummary, channelFields } from "./definition.ts";
import { channelKinds } from "./kinds.ts";
import { type ChannelFields, type ChannelUpdate, withChannelRules } from "./schema.ts";
import { findChannel, toChannelAudit } from "./store.ts";

/**
 * Stores a new channel.
 * @param input parsed by `channelInput`.
 * @throws AppError `forbidden`, `invalid_input`, `name_taken`
 */
export async function createChannel(ctx: Context, input: ChannelFields): Promise<ChannelSummary> {
  requirePermission(ctx, "alerts.write");
  const id = v7();
  const now = new Date();
  return inTransaction(async (tx) => {
    await requireNodes(tx, [{ field: "nodeId", nodeId: input.nodeId }]);
    await tx.insert(alertChannels).values({ id, ...toColumns(id, input, now) });
    const created = await findChannel(tx, id);
    const target = { kind: "alert_channel", id, name: created.name };
    await recordAudit(tx, ctx, { action: "alert_channel.create", target, after: toChannelAudit(created) });
    await bumpChanges(tx);
    return created;
  }).catch((err) => {
    throw toNameTaken(err, input.name);
  });
}

/**
 * Changes a channel; what is left out stays. Its kind stays, and a stored password is never sent to another mail server.
 * @param update parsed by `channelUpdate`.
 * @throws AppError `forbidden`, `not_found`, `stale_version`, `invalid_input`, `name_taken`
 */
export async function updateChannel(ctx: Context, id: string, update: ChannelUpdate): Promise<ChannelSummary> {
  requirePermission(ctx, "alerts.write");
  const now = new Date();
  const { version, ...patch } = update;
  return inTransaction(async (tx) => {
    const before = await findChannel(tx, id, true);
    if (before.version !== version) {
      throw await refuseStaleEdit(tx, { kind: "alert_channel", id }, version, { ...before });
    }
    const stored = { url: before.urlSetAt !== null, secret: before.secretSetAt !== null };
    const merged = withChannelRules(stored).safeParse({
      ...pickFields(channelFields, before),
      ...dropUndefined(patch),
    });
    if (!merged.success) {
      throw invalidInput(merged.error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message })));
    }
    const complaints = channelKinds[before.kind].complainAboutEdit?.(before, merged.data, stored) ?? [];
    if (complaints.length > 0) throw invalidInput(complaints);
    await requireNodes(tx, [{ field: "nodeId", nodeId: merged.data.nodeId }]);
    await tx
      .update(alertChannels)
      .set({ ...toColumns(id, merged.data, now), version: version + 1 })
      .where(eq(alertChannels.id, id));
    const after = await findChannel(tx, id);
    await recordAudit(tx, ctx, {
      action: "alert_channel.update",
      target: { kind: "alert_channel", id, name: after.name },
      before: toChannelAudit(before),
      after: toChannelAudit(after, patch),
    });
    await bumpChanges(tx);
    return after;
  }).catch((err) => {
    throw toNameTaken(err, update.name ?? "");
  });
}

/**
 * Deletes a channel with its delivery log; what was due through it is not told.
 * @throws AppError `forbidden`, `not_found`
 */
export async function deleteChannel(ctx: Context, id: string): Promise<void> {
  requirePermission(ctx, "alerts.write");
  await inTransaction(async (tx) => {
    const before = await findChannel(tx, id, true);
    await tx.delete(alertChannels).where(eq(alertChannels.id, id));
    const target = { kind: "alert_channel", id, name: before.name };
    await recordAudit(tx, ctx, { action: "alert_channel.delete", target, before: toChannelAudit(before) });
    await bumpChanges(tx);
  });
}

/** The settings of its own kind alone; of the secrets only what was sent: left out keeps the stored one. */
function toColumns(id: string, input: ChannelFields, now: Date) {
  const { fields } = channelKinds[input.kind];
  const { secret } = input;
  const url = fields.url && input.url;
  const seal = (field: "url" | "secret", value: string) => sealSecret(value, channelAad(id, field));
  return {
    ...toStored(channelFields, { ...input, email: fields.email && input.email }),
    updatedAt: now,
    ...(url ? { urlEnvelope: seal("url", url), urlSetAt: now, urlHost: new URL(url).host } : {}),
    ...(secret === undefined
      ? {}
      : { secretEnvelope: secret ? seal("secret", secret) : null, secretSetAt: secret ? now : null }),
  };
}

function toNameTaken(err: unknown, name: string): unknown {
  if (findViolation(err)?.constraint !== "alert_channels_name_unique") return err;
  const message = `There is an alert channel named “${name}” already (capitals don't count).`;
  return new AppError("name_taken", message, {
    hint: "Choose another name.",
    fields: [{ field: "name", message }],
    cause: err,
  });
}
