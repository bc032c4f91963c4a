"use client";
import { Button, Textarea } from "@mantine/core";
import { PlayIcon } from "lucide-react";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Receipt } from "#app/_shared/runs/receipt.tsx";
import { describeOutcome } from "#app/_shared/runs/words.ts";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import type { Run } from "#lib/delivery/runs/model.ts";
import { findRounded } from "#lib/platform/edges/exact-json.ts";
import type { FieldError } from "#lib/platform/errors/app-error.ts";
import type { ActionError } from "#lib/web/action-result.ts";
import { runTrigger } from "../../../actions.ts";
import { SignInButton } from "../../_components/sign-in-first.tsx";
import { readVariables, type TypedVariable, toTyped } from "./read-variables.ts";
import { VariableField } from "./variable-field.tsx";

type Props = {
  id: string;
  variables: string[];
  /** Those of them that stand in the place of a JSON value. */
  jsonVariables: string[];
  /** Values of variables to begin with, of a previous run. */
  initial: Record<string, unknown>;
  /** Of a webhook trigger: a message to begin with, as JSON. */
  message: string | null;
  mayReadCredentials: boolean;
};
type State = { isRunning: boolean; run: Run | null; error: ActionError | null; complaints: FieldError[] };

const idle: State = { isRunning: false, run: null, error: null, complaints: [] };

/** Asks for the variables, runs the trigger and shows the receipt. */
export function RunForm({ id, variables, jsonVariables, initial, message, mayReadCredentials }: Props) {
  const [typedMessage, setMessage] = useState(message ?? "");
  const [typed, setTyped] = useState<Record<string, TypedVariable>>(() =>
    Object.fromEntries(variables.map((name) => [name, toTyped(initial[name], jsonVariables.includes(name))])),
  );
  const [{ isRunning, run, error, complaints }, setState] = useState(idle);

  const profile = findProfile(error, run);

  const start = async (event: FormEvent) => {
    event.preventDefault();
    if (isRunning) return;
    const read = readVariables(typed);
    if (read.complaints.length > 0) return setState({ ...idle, complaints: read.complaints });
    const webhook = message === null ? undefined : readMessage(typedMessage);
    if (webhook === null) return setState({ ...idle, complaints: [notJson] });
    const rounded = message === null ? null : findRounded(typedMessage);
    if (rounded !== null) return setState({ ...idle, complaints: [tooLong(rounded)] });
    setState({ ...idle, isRunning: true });
    const answer = await runTrigger({ id, variables: read.values, webhook });
    if (answer.ok) return setState({ ...idle, run: answer.value });
    const placed = answer.error.fields.filter(({ field }) => variables.some((name) => field === `variables.${name}`));
    setState({ ...idle, complaints: placed, error: placed.length > 0 ? null : answer.error });
  };

  return (
    <div>
      <FormFrame onSubmit={start} className="max-w-3xl" isBusy={isRunning}>
        <Card title={message === null ? "Variables" : "Message"}>
          <div className="grid gap-4">
            {variables.length === 0 && message === null && <p className="m-0 text-dimmed">No variables</p>}
            {message !== null && (
              <Textarea
                label="Message as JSON"
                description="What a sender would send: body, headers, and query. It isn't signed here."
                value={typedMessage}
                onChange={(event) => setMessage(event.currentTarget.value)}
                error={complaints.find(({ field }) => field === "webhook")?.message}
                autosize
                minRows={6}
                maxRows={20}
                spellCheck={false}
                classNames={{ input: "font-mono" }}
              />
            )}
            {variables.map((name) => (
              <VariableField
                key={name}
                name={name}
                value={typed[name] ?? { text: "", isJson: false }}
                error={complaints.find(({ field }) => field === `variables.${name}`)?.message}
                onChange={(value) => setTyped((before) => ({ ...before, [name]: value }))}
              />
            ))}
            <div>
              <Button
                type="submit"
                leftSection={<PlayIcon size={16} aria-hidden />}
                loading={isRunning}
                loaderProps={{ "aria-hidden": true }}
              >
                {run ? "Run again" : "Run"}
              </Button>
            </div>
          </div>
        </Card>
      </FormFrame>
      <Progress isRunning={isRunning} label="Running…" outcome={run && describeOutcome(run)} />
      <div className={error ? "mt-5" : undefined}>
        <ActionErrorAlert error={error} />
        {profile && (
          <div className="mt-3">
            <SignInButton profile={profile} returnTo={`/triggers/${id}/run`} />
          </div>
        )}
      </div>
      {run && (
        <div className="mt-5">
          <Card
            title="Receipt"
            actions={
              <Link className="quiet-button" href={`/runs/${run.id}`}>
                Open the run
              </Link>
            }
          >
            <Receipt run={run} mayReadCredentials={mayReadCredentials} headingLevel={3} />
          </Card>
        </div>
      )}
    </div>
  );
}

function tooLong(digits: string): FieldError {
  return {
    field: "webhook",
    message: `The number ${digits} has too many digits for a browser. Send it to the webhook.`,
  };
}

const notJson: FieldError = { field: "webhook", message: "Enter a JSON object with body, headers and query." };

/** Null when it is no JSON object. */
function readMessage(text: string): { body?: never; headers?: never; query?: never } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The session may have ended, or its token run out, since the page was opened. */
function findProfile(error: ActionError | null, run: Run | null): { id: string; name: string } | null {
  if (error?.code === "profile_sign_in_required") {
    return { id: String(error.details.credentialId), name: String(error.details.credentialName) };
  }
  if (run?.error?.code !== "profile_sign_in_required" || !run.credentialId) return null;
  return { id: run.credentialId, name: run.credentialName ?? "the credential" };
}
