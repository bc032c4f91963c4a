import Link from "next/link";

/** The name of the portal, which leads to its first page. */
export function Brand() {
  return (
    <Link href="/" className="mr-3 flex items-center gap-2 font-semibold text-text no-underline">
      <Mark />
      Sallyport
    </Link>
  );
}

/** A gate in a wall. */
function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" rx="5" fill="var(--mantine-primary-color-filled)" />
      <path d="M7 19v-8a5 5 0 0 1 10 0v8h-3.2v-7.6a1.8 1.8 0 0 0-3.6 0V19z" fill="#fff" />
    </svg>
  );
}
