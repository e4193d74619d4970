import { WARNING } from "onceover";
import { Shown } from "onceover/next-client";
import { getMessages } from "@/lib/messages";

/** Each page has these: a layout is not rendered again when its pages change. */
export async function Messages() {
  const messages = (await getMessages()).toJSON();
  return (
    <Shown messages={messages}>
      {messages.map(({ level, tags, message, receipt }) => (
        <p key={receipt} className={tags} role={level >= WARNING ? "alert" : "status"}>
          {message}
        </p>
      ))}
    </Shown>
  );
}
