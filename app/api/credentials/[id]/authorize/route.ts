import type { NextRequest } from "next/server";
import { beginExternalSignIn } from "#lib/web/external-sign-in.ts";

type RouteContext = { params: Promise<{ id: string }> };

/** Where a sign-in with a credential profile begins. */
export async function GET(request: NextRequest, { params }: RouteContext): Promise<Response> {
  return beginExternalSignIn(request, (await params).id);
}
