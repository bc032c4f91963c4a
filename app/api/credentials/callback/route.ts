import type { NextRequest } from "next/server";
import { finishExternalSignIn, takePostedAnswer } from "#lib/web/external-sign-in.ts";

/** The redirect URI of every profile: the provider's answer in the URL. */
export async function GET(request: NextRequest): Promise<Response> {
  return finishExternalSignIn(request);
}

/** The same for an answer that the provider posts. */
export async function POST(request: NextRequest): Promise<Response> {
  return takePostedAnswer(request);
}
