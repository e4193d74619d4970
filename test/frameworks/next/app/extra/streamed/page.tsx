import { Suspense } from "react";
import { Messages } from "@/components/messages";

async function Late() {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return <Messages />;
}

export default function Streamed() {
  return (
    <Suspense fallback="…">
      <Late />
    </Suspense>
  );
}
