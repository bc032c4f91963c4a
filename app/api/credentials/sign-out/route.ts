import type { NextRequest } from "next/server";
import { signOutExternally } from "#lib/web/external-sign-in.ts";

export async function POST(request: NextRequest): Promise<Response> {
  return signOutExternally(request);
}
