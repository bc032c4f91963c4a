import Link from "next/link";

const format = new Intl.NumberFormat("en");

type Props = { count: number; href: string; label: string; size?: "normal" | "large" };

/** A number that leads to the list behind it; `label` says to a screen reader what it counts. */
export function NumberLink({ count, href, label, size = "normal" }: Props) {
  const look = [size === "large" ? "text-2xl font-semibold" : "", count === 0 ? "text-dimmed" : ""].join(" ");
  return (
    <Link
      className={`link tabular-nums ${look}`}
      href={href}
      prefetch={false}
      aria-label={`${format.format(count)} ${label}`}
    >
      {format.format(count)}
    </Link>
  );
}

/** `1,234` */
export const formatCount = (count: number) => format.format(count);
