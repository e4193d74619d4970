import { Suspense } from "react";
import { Messages } from "@/components/messages";

export default function About() {
  return (
    <main>
      <h1>About</h1>
      <Suspense fallback={null}>
        <Messages />
      </Suspense>
    </main>
  );
}
