"use client";
import { useRouter } from "next/navigation";
import { Card } from "#app/_ui/card.tsx";
import type { BlastRadius as Radius } from "#lib/oauth/credentials/model.ts";
import { BlastRadius, sayBlastRadius } from "./blast-radius.tsx";

type Props = { credential: { id: string; name: string }; radius: Radius };

/** Above the form of a credential that is in use: what an edit touches. */
export function TouchedCard({ credential, radius }: Props) {
  const router = useRouter();
  return (
    <Card title="What a change touches">
      <p className="m-0 mb-3">{sayBlastRadius(radius)} With Save, the next run of each uses what you enter here.</p>
      <BlastRadius credential={credential} radius={radius} error={null} onReassigned={() => router.refresh()} />
    </Card>
  );
}
