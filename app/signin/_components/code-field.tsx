"use client";
import { Anchor, TextInput } from "@mantine/core";
import { useState } from "react";

/** The second factor: what the authenticator app shows, or one of the recovery codes. Its name in the form is `code`. */
export function CodeField() {
  const [isRecovery, setIsRecovery] = useState(false);
  return (
    <div className="grid gap-2">
      <TextInput
        key={String(isRecovery)}
        label={isRecovery ? "Recovery code" : "Code"}
        description={
          isRecovery
            ? "One of the codes that you kept when you set up the app. Each works once."
            : "The six digits that your authenticator app shows for Sallyport."
        }
        name="code"
        autoComplete={isRecovery ? "off" : "one-time-code"}
        inputMode={isRecovery ? "text" : "numeric"}
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        classNames={{ input: "font-mono" }}
        required
        autoFocus
        withAsterisk={false}
      />
      <div>
        <Anchor component="button" type="button" size="sm" onClick={() => setIsRecovery(!isRecovery)}>
          {isRecovery ? "Use the code of the app" : "Use a recovery code"}
        </Anchor>
      </div>
    </div>
  );
}
