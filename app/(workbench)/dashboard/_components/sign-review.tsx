"use client";
import { Button, Modal, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { callAction } from "#app/_ui/call-action.ts";
import type { DashboardQuery } from "#lib/oversight/dashboards/span.ts";
import { signDashboard } from "../actions.ts";

type Props = { query: DashboardQuery; nodeName: string; summary: string };

/** Signs the dashboard off with a note. */
export function SignReview({ query, nodeName, summary }: Props) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<ShownError | null>(null);
  async function sign() {
    setPending(true);
    setError(null);
    const result = await callAction(signDashboard, { ...query, note });
    setPending(false);
    if (!result.ok) return setError(result.error);
    setOpen(false);
    setNote("");
    notifications.show({ message: `Signed the review of ${nodeName}.`, color: "green" });
    router.push("/dashboard/reviews");
  }
  return (
    <>
      <Button className="wall-hidden" onClick={() => setOpen(true)}>
        Sign review
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => !pending && setOpen(false)}
        title={`Sign the review of ${nodeName}?`}
        closeButtonProps={{ "aria-label": "Close" }}
        centered
      >
        <div className="grid gap-3">
          <p className="m-0">{summary}</p>
          <p className="m-0 text-sm text-dimmed">
            Your name, the time, these numbers as they are now and your note are kept, here and in the audit log.
          </p>
          <Textarea
            label="Note"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={2000}
            autosize
            minRows={3}
            data-autofocus
          />
          <ActionErrorAlert error={error} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button variant="default" onClick={() => setOpen(false)} disabled={pending}>
              Cancel
            </Button>
            <Button onClick={sign} loading={pending}>
              Sign
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
