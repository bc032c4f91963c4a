/**
 * A shell script that sends a message to a webhook; it works when it is pasted into sh with curl and openssl.
 * @param body is sent as JSON.
 */
export function writeCurlExample(url: string, authentication: "signature" | "api_key", body: unknown): string {
  const json = quote(JSON.stringify(body ?? {}));
  if (authentication === "api_key") {
    return `SALLYPORT_KEY='…' # an API key whose role may run the trigger
curl -sS ${quote(url)} \\
  -H "Authorization: Bearer $SALLYPORT_KEY" \\
  -H 'Content-Type: application/json' -H "Idempotency-Key: $(date +%s)-$$" \\
  -d ${json}`;
  }
  return `SECRET='whsec_…' # the signing secret
BODY=${json}
ID="msg_$(date +%s)_$$"; NOW=$(date +%s)
KEY=$(printf %s "\${SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
SIGNATURE=$(printf %s "$ID.$NOW.$BODY" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$KEY" -binary | openssl base64 -A)
curl -sS ${quote(url)} -H 'Content-Type: application/json' -d "$BODY" \\
  -H "webhook-id: $ID" -H "webhook-timestamp: $NOW" -H "webhook-signature: v1,$SIGNATURE"`;
}

/** A word of the shell, whatever it holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
