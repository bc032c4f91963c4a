"use client";
import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Card } from "#app/_ui/card.tsx";
import { Instant } from "#app/_ui/instant.tsx";
import { Notice } from "#app/_ui/notice.tsx";
import type { UserDetail } from "#lib/access/accounts/definition.ts";
import { beginMyTotp, removeMySecondFactor, renewMyRecoveryCodes } from "../actions.ts";
import { PasswordGate } from "./password-gate.tsx";
import { RecoveryCodesDialog } from "./recovery-codes.tsx";
import { TotpSetup } from "./totp-setup.tsx";

type Asked = "begin" | "renew" | "remove";
type Props = { factor: UserDetail["secondFactor"] /** Whether the workbench waits for it. */; demanded: boolean };

const questions = {
  begin: { title: "Set up an authenticator app", confirm: "Go on" },
  renew: { title: "Make new recovery codes?", confirm: "Make new codes" },
  remove: { title: "Remove your second factor?", confirm: "Remove" },
};

/** One's authenticator app and recovery codes. */
export function SecondFactorCard({ factor, demanded }: Props) {
  const router = useRouter();
  const [asked, setAsked] = useState<Asked>("begin");
  const [opened, setOpened] = useState(false);
  const [setup, setSetup] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const ask = (question: Asked) => {
    setAsked(question);
    setOpened(true);
  };
  const perform = { begin: beginMyTotp, renew: renewMyRecoveryCodes, remove: removeMySecondFactor }[asked];
  const done = (value: unknown) => {
    setOpened(false);
    if (asked === "begin") return setSetup(value as { secret: string; uri: string });
    if (asked === "renew") return setCodes((value as { recoveryCodes: string[] }).recoveryCodes);
    notifications.show({ message: "Removed your second factor.", color: "green" });
    router.refresh();
  };
  const closeCodes = () => {
    setCodes(null);
    if (demanded) router.push("/");
    router.refresh();
  };

  return (
    <Card
      title="Second factor"
      description="A code from an authenticator app, asked for after your password. Setting it up ends your other sessions."
    >
      {setup ? (
        <TotpSetup
          setup={setup}
          onCancel={() => setSetup(null)}
          onDone={(made) => {
            setSetup(null);
            setCodes(made);
          }}
        />
      ) : factor ? (
        <div className="grid gap-3">
          <p className="m-0">
            An authenticator app is set up since <Instant at={factor.setAt} />.{" "}
            {factor.recoveryCodesLeft === 1 ? "1 recovery code is" : `${factor.recoveryCodesLeft} recovery codes are`}{" "}
            left.
          </p>
          {factor.recoveryCodesLeft < 3 && <Notice tone="warn" title="Make new recovery codes before they run out." />}
          <div className="flex flex-wrap gap-2">
            <Button variant="default" onClick={() => ask("renew")}>
              New recovery codes
            </Button>
            <Button variant="default" onClick={() => ask("remove")}>
              Remove second factor
            </Button>
          </div>
        </div>
      ) : (
        <Button variant={demanded ? "filled" : "default"} onClick={() => ask("begin")}>
          Set up an authenticator app
        </Button>
      )}
      <PasswordGate<unknown>
        opened={opened}
        title={questions[asked].title}
        confirmLabel={questions[asked].confirm}
        action={perform}
        onDone={done}
        onClose={() => setOpened(false)}
      >
        {asked === "begin" && "Enter your password first, so that nobody else can do this in your browser."}
        {asked === "renew" && "The codes that you have now stop working."}
        {asked === "remove" &&
          "The app and the recovery codes stop working; your password alone is enough. If your role asks for a second factor, you will have to set one up again."}
      </PasswordGate>
      <RecoveryCodesDialog codes={codes} onClose={closeCodes} />
    </Card>
  );
}
