import type { MessageJson } from "onceover";
import "onceover/client";
import type { OnceoverMessages, OnceoverMessagesAttributes } from "onceover/client";
import type * as React from "react";
import { useEffect, useRef } from "react";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "onceover-messages": React.DetailedHTMLProps<React.HTMLAttributes<OnceoverMessages>, OnceoverMessages> &
        OnceoverMessagesAttributes;
    }
  }
}

export function Messages({ messages }: { messages: readonly MessageJson[] }) {
  const element = useRef<OnceoverMessages>(null);
  useEffect(() => element.current?.show(messages), [messages]);
  return <onceover-messages ref={element} preset="bootstrap" dismiss-after="success: 8" />;
}
