import Link from "next/link";
import type { ReactNode } from "react";

/** The link to the page without a form is fetched in full as soon as it is in view. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Profile</Link>{" "}
          <Link href="/about" prefetch={true}>
            About
          </Link>
        </nav>
        {children}
      </body>
    </html>
  );
}
