"use client";
import { Button, Textarea } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import type { Run } from "#lib/runs/model.ts";
import { Progress } from "../../../../runs/_components/progress.tsx";
import { Receipt } from "../../../../runs/_components/receipt.tsx";
import { runTrigger } from "../../../actions.ts";

type Props = { id: string; variables: string[]; mayReadCredentials: boolean };
type State = { isRunning: boolean; run: Run | null; error: ShownError | null };

/** Asks for the variables, runs the trigger and shows the receipt. */
export function RunForm({ id, variables, mayReadCredentials }: Props) {
  const [values, setValues] = useState(() => Object.fromEntries(variables.map((name) => [name, ""])));
  const [{ isRunning, run, error }, setState] = useState<State>({ isRunning: false, run: null, error: null });
  const complaint = (name: string) => error?.fields.find(({ field }) => field === `variables.${name}`)?.message;
  const isPlaced = variables.some((name) => complaint(name));

  const start = async (event: FormEvent) => {
    event.preventDefault();
    if (isRunning) return;
    setState({ isRunning: true, run: null, error: null });
    const answer = await runTrigger({ id, variables: values });
    setState(
      answer.ok
        ? { isRunning: false, run: answer.value, error: null }
        : { isRunning: false, run: null, error: answer.error },
    );
  };

  return (
    <div className="grid gap-5">
      <form onSubmit={start} noValidate className="max-w-3xl" aria-busy={isRunning}>
        <Card title="Variables">
          <div className="grid gap-4">
            {variables.length === 0 && <p className="m-0 text-dimmed">This trigger asks for none.</p>}
            {variables.map((name) => (
              <Textarea
                key={name}
                name={`variables.${name}`}
                label={name}
                autosize
                minRows={1}
                maxRows={12}
                autoComplete="off"
                value={values[name] ?? ""}
                error={complaint(name)}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setValues((before) => ({ ...before, [name]: value }));
                }}
              />
            ))}
            <div>
              <Button
                type="submit"
                leftSection={<IconPlayerPlay size={16} aria-hidden />}
                loading={isRunning}
                loaderProps={{ "aria-hidden": true }}
              >
                {run ? "Run again" : "Run"}
              </Button>
            </div>
          </div>
        </Card>
      </form>
      <Progress isRunning={isRunning} label="Running…" />
      <ActionErrorAlert error={isPlaced ? null : error} />
      {run && (
        <Card
          title="Receipt"
          actions={
            <Link className="quiet-button" href={`/runs/${run.id}`}>
              Open the run
            </Link>
          }
        >
          <Receipt run={run} mayReadCredentials={mayReadCredentials} headingLevel={3} announce />
        </Card>
      )}
    </div>
  );
}
