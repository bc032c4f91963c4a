"use client";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { setNonce } from "get-nonce";
import { type ReactNode, useState } from "react";
import { ClockProvider } from "./clock.tsx";
import { cssVariablesResolver, theme } from "./theme.ts";

type Props = {
  /** The server's clock and the person's time zone, so that the first paint shows the right times. */
  now: number;
  timeZone: string;
  /** Allows the style elements of this page; that of a later answer does not. */
  styleNonce: string;
  children: ReactNode;
};

/** What every page needs around it: theme, clock, dialogs, notifications. */
export function Providers({ now, timeZone, styleNonce, children }: Props) {
  const [nonce] = useState(() => {
    // Dialogs lock the page behind them with a style element.
    if (typeof document !== "undefined") setNonce(styleNonce);
    return styleNonce;
  });
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <ClockProvider now={now} timeZone={timeZone}>
        <ModalsProvider>
          <Notifications position="bottom-right" />
          {children}
        </ModalsProvider>
      </ClockProvider>
    </MantineProvider>
  );
}
