import { messagesContext } from "onceover/react-router";
import type { ReactNode } from "react";
import { Link, Links, Meta, Outlet, Scripts, ScrollRestoration } from "react-router";
import type { Route } from "./+types/root";
import { Messages } from "./messages";
import { withMessages } from "./messages.server";

export const middleware = [withMessages];

export function loader({ context }: Route.LoaderArgs) {
  return { messages: context.get(messagesContext).toJSON() };
}

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration />
        <Scripts />
      </body>
    </html>
  );
}

export default function App({ loaderData }: Route.ComponentProps) {
  return (
    <>
      <nav>
        <Link to="/" prefetch="intent">
          Profile
        </Link>{" "}
        <Link to="/about" prefetch="intent">
          About
        </Link>
      </nav>
      <Messages messages={loaderData.messages} />
      <Outlet />
    </>
  );
}
