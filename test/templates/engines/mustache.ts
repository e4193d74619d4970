import Mustache from "mustache";
import type { Messages } from "onceover";
import { type PresetName, renderMessages } from "onceover/html";
import type { Engine } from "../contract.ts";

/** Templates and view are those of the documentation. */
export const LIST = `{{#hasMessages}}
<ul class="messages">
  {{#messages}}
  <li class="{{tags}}">{{{toHTML}}}</li>
  {{/messages}}
</ul>
{{/hasMessages}}
`;
export const ALL = "{{{allMessages}}}";

/** What a template is given of the messages. */
export function viewOf(messages: Messages, preset: PresetName = "plain") {
  return {
    hasMessages: () => messages.length > 0,
    messages: () => [...messages],
    allMessages: () => renderMessages(messages, { preset }),
  };
}

export const mustache: Engine = {
  name: "Mustache",
  list: (messages) => Mustache.render(LIST, viewOf(messages)),
  all: (messages, preset) => Mustache.render(ALL, viewOf(messages, preset)),
};
