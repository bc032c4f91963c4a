import type { CredentialStatus } from "#lib/oauth/credentials/kinds.ts";
import type { BadStatus, NoticeData, NoticeKind } from "../model.ts";

/** Where news go: a channel, or an owner by way of one (`recipient` is the address then, else blank). */
export type Receiver = { channelId: string; recipient: string };

/** A receiver, and how long a credential must be degraded before that is told it. */
export type Listener = Receiver & { quietMs: number };

export type StatusChange = {
  id: number;
  credentialId: string;
  at: Date;
  toStatus: CredentialStatus;
  reason: string;
  hasWorked: boolean;
};

/** A loss that is not over. `id` null = noted in this very step. */
export type OpenLoss = Receiver & {
  id: string | null;
  credentialId: string;
  status: BadStatus;
  since: string;
  /** Whether the receiver was told of it, or of a lesser one before it. */
  isTold: boolean;
};

export type NewNotice = Receiver & {
  credentialId: string;
  kind: NoticeKind;
  key: string;
  data: NoticeData;
  dueAt: Date;
};

/** News of the same moment share a message: so long after it was noted a notice goes out. Milliseconds. */
export const gatherMs = 20_000;

const isBad = (status: CredentialStatus): status is BadStatus => status === "degraded" || status === "action_needed";
const isOver = (status: CredentialStatus) => status === "active" || status === "expiring" || status === "disabled";
const keyOf = ({ channelId, recipient }: Receiver) => `${channelId} ${recipient}`;

/**
 * What changes of statuses give to tell. Pure. A credential that leaves Active is told, degraded only when it lasts; what
 * gets worse is told again; that it works again is told to who heard of the loss. What is over before it was told is never
 * told. An edit (`unverified`) ends nothing: only a check shows whether it works.
 * @param changes in their order. @param open losses of the same credentials.
 * @param listenersOf a credential's.
 * @returns notices to store, and ids of open losses to close.
 */
export function decideNotices(
  changes: StatusChange[],
  open: OpenLoss[],
  listenersOf: (credentialId: string) => Listener[],
): { notices: NewNotice[]; closed: string[] } {
  const losses = new Map<string, Map<string, OpenLoss>>();
  for (const loss of open) lossesOf(losses, loss.credentialId).set(keyOf(loss), loss);
  let notices: NewNotice[] = [];
  const closed: string[] = [];

  function close(loss: OpenLoss): void {
    if (loss.id !== null) closed.push(loss.id);
    else {
      notices = notices.filter(
        (notice) =>
          notice.kind !== "lost" || notice.credentialId !== loss.credentialId || keyOf(notice) !== keyOf(loss),
      );
    }
    losses.get(loss.credentialId)?.delete(keyOf(loss));
  }

  function lose(change: StatusChange, status: BadStatus, { quietMs, ...receiver }: Listener): void {
    const { credentialId, at, reason } = change;
    const known = lossesOf(losses, credentialId).get(keyOf(receiver));
    if (known && (known.status === status || known.status === "action_needed")) return;
    if (known) close(known);
    const since = known?.since ?? at.toISOString();
    const isTold = known?.isTold ?? false;
    lossesOf(losses, credentialId).set(keyOf(receiver), { ...receiver, id: null, credentialId, status, since, isTold });
    const wait = status === "degraded" ? Math.max(quietMs, gatherMs) : gatherMs;
    const data = { reason, since, status, ...(isTold ? { heard: true } : {}) };
    const dueAt = new Date(at.getTime() + wait);
    notices.push({ ...receiver, credentialId, kind: "lost", key: `lost ${change.id}`, data, dueAt });
  }

  function regain(change: StatusChange, loss: OpenLoss): void {
    close(loss);
    if (!loss.isTold || change.toStatus === "disabled") return;
    const { channelId, recipient, credentialId } = loss;
    notices.push({
      channelId,
      recipient,
      credentialId,
      kind: "regained",
      key: `regained ${change.id}`,
      data: { reason: change.reason, since: change.at.toISOString() },
      dueAt: new Date(change.at.getTime() + gatherMs),
    });
  }

  for (const change of changes) {
    const { toStatus, credentialId, hasWorked } = change;
    if (isBad(toStatus) && hasWorked)
      for (const listener of listenersOf(credentialId)) lose(change, toStatus, listener);
    if (isOver(toStatus)) for (const loss of [...lossesOf(losses, credentialId).values()]) regain(change, loss);
  }
  return { notices, closed };
}

function lossesOf(losses: Map<string, Map<string, OpenLoss>>, credentialId: string): Map<string, OpenLoss> {
  const known = losses.get(credentialId) ?? new Map<string, OpenLoss>();
  losses.set(credentialId, known);
  return known;
}
