"use client";
import { Button, Textarea } from "@mantine/core";
import { LogInIcon } from "lucide-react";
import { useState } from "react";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { CredentialDetail } from "#lib/oauth/credentials/model.ts";
import type { MappingTest } from "#lib/oauth/sign-in/mapping-test.ts";
import { type Pasted, readPasted } from "./read-pasted.ts";

type Props = {
  credential: CredentialDetail;
  test: MappingTest | "gone" | null;
  pasted: Pasted | null;
  onPaste: (pasted: Pasted | null) => void;
};

/** Where the claims come from: a sign-in that makes no session, or a token that is pasted. */
export function ClaimSource({ credential, test, pasted, onPaste }: Props) {
  const [text, setText] = useState("");
  const back = `/credentials/${credential.id}/mapping`;
  const signIn = `/api/credentials/${credential.id}/authorize?test=1&returnTo=${encodeURIComponent(back)}`;
  const paste = (value: string) => {
    setText(value);
    onPaste(value.trim() === "" ? null : readPasted(value));
  };
  return (
    <Card title="Where the claims come from">
      <div className="grid gap-4">
        {test === "gone" && (
          <Notice tone="warn" title="That test can't be read any more">
            The claims of a test are kept for an hour, for the session that made it. Sign in again.
          </Notice>
        )}
        {test && test !== "gone" && !pasted && (
          <Notice tone="ok" title="The test sign-in worked">
            The provider's answer was verified (<Instant at={test.at} />
            ). No session was made and no token was kept; the claims can be read here for an hour.
          </Notice>
        )}
        <div>
          <Button
            component="a"
            href={signIn}
            variant="default"
            leftSection={<LogInIcon size={16} aria-hidden />}
            disabled={!credential.enabled}
          >
            {test ? "Sign in again" : "Sign in for a test"}
          </Button>
          <p className="m-0 mt-1 text-xs text-dimmed">
            Opens the provider's page and comes back here. Your own session stays as it is.
          </p>
        </div>
        <Textarea
          label="Or paste a token"
          description="A JWT, or its payload as JSON. It stays in this page: it is decoded, not verified, and sent nowhere."
          value={text}
          onChange={(event) => paste(event.currentTarget.value)}
          error={pasted?.problem}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: "font-mono" }}
        />
      </div>
    </Card>
  );
}
