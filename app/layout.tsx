import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { isTimeZone, timeZoneCookie } from "./_ui/format-time.ts";
import { Providers } from "./_ui/providers.tsx";
import "./globals.css";
import { scriptNonceHeader, styleNonceHeader } from "#lib/web/security-headers.ts";

export const metadata: Metadata = { title: { default: "Sallyport", template: "%s · Sallyport" } };
export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f8fa" },
    { media: "(prefers-color-scheme: dark)", color: "#12171e" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const request = await headers();
  const zone = (await cookies()).get(timeZoneCookie)?.value ?? "UTC";
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={request.get(scriptNonceHeader) ?? undefined} />
      </head>
      <body>
        <Providers
          now={Date.now()}
          timeZone={isTimeZone(zone) ? zone : "UTC"}
          styleNonce={request.get(styleNonceHeader) ?? ""}
        >
          {children}
        </Providers>
      </body>
    </html>
  );
}
