import { type PresetName, renderMessages } from "onceover/html";
import library from "pug";
import type { Engine } from "../contract.ts";

/** Both templates are those of the documentation. */
export const LIST = `if messages.length > 0
  ul.messages
    each message of messages
      li(class=message.tags)!= message.toHTML()
`;
export const line = (preset: PresetName): string => `!= renderMessages(messages, { preset: "${preset}" })`;

export const pug: Engine = {
  name: "Pug",
  list: (messages) => library.render(LIST, { messages }),
  all: (messages, preset) => library.render(line(preset), { messages, renderMessages }),
};
