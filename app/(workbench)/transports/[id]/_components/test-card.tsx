"use client";
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { SendIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Receipt } from "#app/_shared/runs/receipt.tsx";
import { describeOutcome } from "#app/_shared/runs/words.ts";
import { ActionErrorAlert, type ShownError } from "#app/_ui/action-error.tsx";
import { Card } from "#app/_ui/card.tsx";
import { FormFrame } from "#app/_ui/form-frame.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import type { Run } from "#lib/delivery/runs/model.ts";
import { type HttpSettings, httpMethods } from "#lib/delivery/transports/definition.ts";
import { tryTransport } from "../../actions.ts";

type Props = {
  id: string;
  /** Null for WS_SOAP, where a test asks for the WSDL or whether anything answers. */
  http: HttpSettings | null;
  mayReadCredentials: boolean;
};
type State = { isRunning: boolean; run: Run | null; error: ShownError | null };

/** Sends one request over the transport and shows its receipt in place. */
export function TestCard({ id, http, mayReadCredentials }: Props) {
  const router = useRouter();
  const [request, setRequest] = useState({ path: "", method: (http?.method ?? "GET") as string, body: "" });
  const [{ isRunning, run, error }, setState] = useState<State>({ isRunning: false, run: null, error: null });
  const complaint = (field: string) => error?.fields.find((each) => each.field === field)?.message;
  const set = (part: Partial<typeof request>) => setRequest({ ...request, ...part });

  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (isRunning) return;
    setState({ isRunning: true, run: null, error: null });
    const answer = await tryTransport(http ? { id, ...request } : { id });
    setState(
      answer.ok
        ? { isRunning: false, run: answer.value, error: null }
        : { isRunning: false, run: null, error: answer.error },
    );
    router.refresh();
  };
  const hasBody = !["GET", "HEAD"].includes(request.method);
  return (
    <Card
      title="Test"
      description={
        http
          ? "Sends one real request with the transport's Authorization; it is recorded as a run."
          : "Asks for the WSDL, or whether anything answers where calls go, with the transport's Authorization. It changes nothing at the service and is recorded as a run."
      }
    >
      <FormFrame onSubmit={send} className="grid gap-3">
        {http && (
          <div className="flex flex-wrap items-start gap-3">
            <NativeSelect
              label="Method"
              data={[...httpMethods]}
              value={request.method}
              onChange={(event) => set({ method: event.currentTarget.value })}
            />
            <TextInput
              className="min-w-48 grow"
              label="Path"
              placeholder="/health"
              classNames={{ input: "font-mono" }}
              value={request.path}
              error={complaint("path")}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ path: event.currentTarget.value })}
            />
          </div>
        )}
        {hasBody && (
          <Textarea
            label="Body"
            autosize
            minRows={2}
            maxRows={12}
            classNames={{ input: "font-mono" }}
            value={request.body}
            error={complaint("body")}
            spellCheck={false}
            onChange={(event) => set({ body: event.currentTarget.value })}
          />
        )}
        <div>
          <Button
            type="submit"
            leftSection={<SendIcon size={16} aria-hidden />}
            loading={isRunning}
            loaderProps={{ "aria-hidden": true }}
          >
            Test
          </Button>
        </div>
      </FormFrame>
      <div>
        <Progress isRunning={isRunning} label="Sending the request…" outcome={run && describeOutcome(run)} />
        <div className={error ? "mt-4" : undefined}>
          <ActionErrorAlert error={error && error.fields.length === 0 ? error : null} />
        </div>
        {run && (
          <div className="mt-5">
            <Receipt run={run} mayReadCredentials={mayReadCredentials} headingLevel={3} />
          </div>
        )}
      </div>
    </Card>
  );
}
