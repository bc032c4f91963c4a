"use client";
import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, type ReactNode, useRef, useState, useSyncExternalStore } from "react";
import { ActionErrorAlert } from "#app/_ui/action-error.tsx";
import { CodeField } from "./code-field.tsx";
import { type Refusal, signInWithPassword } from "./sign-in.ts";

type Props = {
  returnTo: string;
  /** Other ways to sign in, below the form. */
  children?: ReactNode;
};

/** Username and password of a Sallyport account; goes to `returnTo` when they fit. */
export function SignInForm({ returnTo, children }: Props) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [pending, setPending] = useState(false);
  const [capsLock, setCapsLock] = useState(false);
  // Set once the password was right and the account has a second factor.
  const [account, setAccount] = useState<{ username: string; password: string } | null>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  // Until the page is alive a submit would leave it with the form's fields, so the button waits.
  const alive = useSyncExternalStore(
    nothing,
    () => true,
    () => false,
  );

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setPending(true);
    setRefusal(null);
    try {
      const named = account ?? { username: String(fields.get("username")), password: String(fields.get("password")) };
      const refused = await signInWithPassword({ ...named, code: String(fields.get("code") ?? "") });
      if (!refused) return window.location.assign(returnTo);
      if (refused.code === "second_factor_required") setAccount(named);
      else setRefusal(refused);
      if (refused.code === "wrong_password") setAccount(null);
    } catch {
      setRefusal({ code: "unreachable", retryAfterSeconds: null });
    }
    setPending(false);
    passwordField.current?.select();
  }
  const watchCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState("CapsLock"));

  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <Paper withBorder shadow="sm" p="xl" radius="md" className="w-full max-w-sm">
        <form method="post" onSubmit={submit}>
          <Stack gap="md">
            <div>
              <Title order={1} size="h2">
                Sign in to Sallyport
              </Title>
              <Text c="dimmed" size="sm">
                {account
                  ? `A second factor for ${account.username}`
                  : "Credentials, transports and triggers of your sites"}
              </Text>
            </div>
            <ActionErrorAlert error={refusal && { message: titleOf(refusal), hint: adviceOf(refusal) }} />
            {account ? (
              <CodeField />
            ) : (
              <>
                <TextInput
                  label="Username"
                  name="username"
                  autoComplete="username"
                  autoCapitalize="none"
                  spellCheck={false}
                  maxLength={200}
                  required
                  autoFocus
                  withAsterisk={false}
                />
                <PasswordInput
                  ref={passwordField}
                  label="Password"
                  name="password"
                  autoComplete="current-password"
                  maxLength={1000}
                  required
                  withAsterisk={false}
                  onKeyUp={watchCapsLock}
                  onKeyDown={watchCapsLock}
                  description={capsLock ? "Caps Lock is on." : undefined}
                  inputWrapperOrder={["label", "input", "description", "error"]}
                  visibilityToggleButtonProps={{ "aria-label": "Show password" }}
                />
              </>
            )}
            <Button type="submit" fullWidth loading={pending} disabled={!alive}>
              Sign in
            </Button>
            {account && (
              <Button
                variant="subtle"
                fullWidth
                onClick={() => {
                  setAccount(null);
                  setRefusal(null);
                }}
              >
                Use another account
              </Button>
            )}
          </Stack>
        </form>
        {!account && children}
      </Paper>
    </main>
  );
}

const nothing = () => () => undefined;

function titleOf({ code }: Refusal): string {
  if (code === "wrong_password") return "Username or password is wrong";
  if (code === "wrong_code") return "This code is wrong or was used already";
  if (code === "too_many_attempts") return "Too many failed attempts";
  if (code === "forbidden") return "This account is disabled";
  if (code === "local_sign_in_off") return "Signing in with a password is turned off";
  if (code === "invalid_input") return "The username has a character that can't be used";
  if (code === "unreachable") return "Sallyport can't be reached";
  return "Signing in did not work";
}

function adviceOf({ code, retryAfterSeconds }: Refusal): string {
  if (code === "wrong_password") return "Check both, and whether Caps Lock is on. An admin can reset your password.";
  if (code === "wrong_code") return "Take the code that the app shows now. Is the clock of your phone right?";
  if (code === "too_many_attempts") return `Try again in ${inWords(retryAfterSeconds ?? 60)}.`;
  if (code === "forbidden") return "Ask an admin to enable it.";
  if (code === "local_sign_in_off") return "Sign in with your identity provider.";
  if (code === "invalid_input") return "Type the username instead of pasting it.";
  if (code === "unreachable") return "Check your connection and try again.";
  return "Try again. If it stays, tell who runs the portal; the reason is in its log.";
}

function inWords(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
