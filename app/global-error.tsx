"use client";

/** The last resort, when even the root layout fails: no theme, no shell. */
export default function GlobalError({ error }: { error: unknown }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : null;
  return (
    <html lang="en">
      <body style={{ fontFamily: "system-ui, sans-serif", maxWidth: "40rem", margin: "15vh auto", padding: "0 1rem" }}>
        <title>Something went wrong · Sallyport</title>
        <main>
          <h1>Something went wrong</h1>
          <p>Sallyport could not make this page. Try again; if it stays, look into the log of the portal.</p>
          {digest && (
            <p>
              Reference <code>{digest}</code>
            </p>
          )}
          <p>
            {/* A plain link: the router is part of what failed. */}
            <a href="/">Load Sallyport again</a>
          </p>
        </main>
      </body>
    </html>
  );
}
