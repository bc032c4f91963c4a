"use client";
import { Button } from "@mantine/core";
import { TriangleAlertIcon } from "lucide-react";
import { CopyButton } from "./copy-button.tsx";
import { EmptyState } from "./empty-state.tsx";
import { PageHeader } from "./page-header.tsx";

type Props = { error: unknown; retry: () => void };

/** What an unexpected error leaves of a page: how to go on, and the reference under which the log has the rest. */
export function ErrorPage({ error, retry }: Props) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <>
      <PageHeader title="Something went wrong" />
      <div className="card" role="alert">
        <EmptyState
          icon={<TriangleAlertIcon size={32} strokeWidth={1.4} aria-hidden />}
          title="This page could not be made"
          text={
            <>
              <p className="m-0">
                Try again. If it stays, give the reference to who runs the portal; its log has the rest.
              </p>
              {digest && (
                <p className="m-0 mt-2 flex items-center justify-center gap-1">
                  Reference <code>{digest}</code>
                  <CopyButton value={digest} label="Copy the reference" />
                </p>
              )}
            </>
          }
          action={<Button onClick={retry}>Try again</Button>}
        />
      </div>
    </>
  );
}
