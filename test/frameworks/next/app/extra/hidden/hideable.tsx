"use client";

import { Activity, type ReactNode, useState } from "react";

/** Hides what Next.js hides of a page that is left, where Cache Components keep it for the way back. */
export function Hideable({ children }: { children: ReactNode }) {
  const [isHidden, setHidden] = useState(false);
  return (
    <main>
      <button type="button" onClick={() => setHidden(!isHidden)}>
        {isHidden ? "come back" : "leave"}
      </button>
      <Activity mode={isHidden ? "hidden" : "visible"}>{children}</Activity>
    </main>
  );
}
