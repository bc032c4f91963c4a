"use client";
import { Button, type ButtonProps } from "@mantine/core";
import Link from "next/link";
import type { ReactNode } from "react";

type Props = {
  href: string;
  children: ReactNode;
  leftSection?: ReactNode;
  /** Whether it leads out of the pages, to a route that must not be fetched ahead. */
  isRoute?: boolean;
} & Pick<ButtonProps, "variant" | "size" | "color" | "fullWidth">;

/** A link that looks like a button; may stand in a server component. */
export function LinkButton({ href, children, isRoute = false, ...look }: Props) {
  if (isRoute) {
    return (
      <Button component="a" href={href} {...look}>
        {children}
      </Button>
    );
  }
  return (
    <Button component={Link} href={href} {...look}>
      {children}
    </Button>
  );
}
