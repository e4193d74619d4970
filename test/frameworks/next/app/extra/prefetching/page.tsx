import Link from "next/link";

/** A page whose link is fetched ahead in full, with whatever waits, and which shows no messages itself. */
export default function Prefetching() {
  return (
    <main>
      <h1>Prefetching</h1>
      <Link href="/about" prefetch={true}>
        Ahead
      </Link>
    </main>
  );
}
