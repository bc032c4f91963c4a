"use client";
import { Button } from "@mantine/core";
import { PauseIcon, PlayIcon, SendIcon, Trash2Icon } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { LinkButton } from "#app/_ui/link-button.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { ChannelSummary } from "#lib/oversight/alerts/definition.ts";
import type { ChannelTest } from "#lib/oversight/alerts/test-channel.ts";
import { removeChannel, saveChannel, tryChannel } from "../actions.ts";

/** Test, Enable or Disable, Delete and Edit, with how the test went. */
export function ChannelActions({ channel }: { channel: ChannelSummary }) {
  const router = useRouter();
  const [busy, setBusy] = useState<"test" | "enabled" | "delete" | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  const [test, setTest] = useState<ChannelTest | null>(null);
  const { id, name, version, enabled } = channel;

  async function run<T>(
    what: "test" | "enabled" | "delete",
    act: () => Promise<{ ok: true; value: T } | { ok: false; error: ShownError }>,
  ) {
    setBusy(what);
    setError(null);
    setTest(null);
    const result = await act();
    setBusy(null);
    if (!result.ok) {
      setError(result.error);
      return null;
    }
    return result;
  }
  const send = async () => {
    const result = await run("test", () => callAction(tryChannel, { id }));
    if (!result) return;
    setTest(result.value);
    router.refresh();
  };
  const toggle = async () => {
    const update = { version, enabled: !enabled };
    if (await run("enabled", () => callAction(saveChannel, { id, update }))) router.refresh();
  };
  const remove = async () => {
    if (await run("delete", () => callAction(removeChannel, { id }))) router.push("/alerts");
  };
  return (
    <div className="mb-5 grid gap-3">
      <div className="flex flex-wrap gap-2" role="toolbar" aria-label="Channel">
        <Button leftSection={<SendIcon size={16} aria-hidden />} loading={busy === "test"} onClick={send}>
          Test
        </Button>
        <LinkButton href={`/alerts/${id}/edit`} variant="default">
          Edit
        </LinkButton>
        <Button
          variant="default"
          leftSection={enabled ? <PauseIcon size={16} aria-hidden /> : <PlayIcon size={16} aria-hidden />}
          loading={busy === "enabled"}
          onClick={toggle}
        >
          {enabled ? "Disable" : "Enable"}
        </Button>
        <Button variant="default" leftSection={<Trash2Icon size={16} aria-hidden />} onClick={() => setDeleting(true)}>
          Delete
        </Button>
      </div>
      {!isDeleting && <ActionErrorAlert error={error} />}
      <div role="status">
        {test && (
          <Notice
            tone={test.ok ? "ok" : "bad"}
            title={test.ok ? "The test message was taken" : "The test message did not get there"}
          >
            <p className="m-0 wrap-anywhere">{test.description}</p>
            <Link className="link" href={`/alerts/messages/${test.deliveryId}`}>
              The message
            </Link>
          </Notice>
        )}
      </div>
      <ConfirmDialog
        opened={isDeleting}
        title={`Delete the alert channel “${name}”?`}
        confirmLabel="Delete"
        irreversible
        pending={busy === "delete"}
        error={error}
        onConfirm={remove}
        onClose={() => setDeleting(false)}
      >
        Nobody is told through it any more, and its delivery log goes. Messages that are under way are not sent.
      </ConfirmDialog>
    </div>
  );
}
