/** @jsxImportSource hono/jsx */
import { jsxRenderer, useRequestContext } from "hono/jsx-renderer";
import { WARNING } from "onceover";

/** Every page is rendered into this one, with the messages that wait. */
export const layout = jsxRenderer(({ children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <title>Onceover on Hono</title>
    </head>
    <body>
      <nav>
        <a href="/">Profile</a> <a href="/about">About</a>
      </nav>
      <Messages />
      {children}
    </body>
  </html>
));

function Messages() {
  const c = useRequestContext();
  return (
    <>
      {[...c.var.messages].map((message) => (
        <p class={message.tags} role={message.level >= WARNING ? "alert" : "status"}>
          {String(message)}
        </p>
      ))}
    </>
  );
}
