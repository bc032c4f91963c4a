"use client";
import { Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type Props = { href: string; children: ReactNode; leftSection?: ReactNode } & Pick<
  ButtonProps,
  "variant" | "size" | "color" | "fullWidth"
>;

/** A link that looks like a button; may stand in a server component. */
export function LinkButton({ href, children, ...look }: Props) {
  return (
    <Button component={Link} href={href} {...look}>
      {children}
    </Button>
  );
}
