import { Skeleton } from "@mantine/core";

/** While a page of credentials is being read. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-4">
      <Skeleton height={34} width="min(20rem, 60%)" />
      <Skeleton height={56} />
      <Skeleton height={320} />
    </div>
  );
}
