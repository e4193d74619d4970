import { Edge } from "edge.js";
import { type PresetName, renderMessages } from "onceover/html";
import type { Engine } from "../contract.ts";

/** Both templates are those of the documentation. */
export const LIST = `@if(messages.length > 0)
<ul class="messages">
  @each(message in [...messages])
  <li class="{{ message.tags }}">{{{ message.toHTML() }}}</li>
  @end
</ul>
@end
`;
export const line = (preset: PresetName): string => `{{{ renderMessages(messages, { preset: "${preset}" }) }}}`;

const renderer = Edge.create().global("renderMessages", renderMessages);

export const edge: Engine = {
  name: "Edge",
  list: (messages) => renderer.renderRaw(LIST, { messages }),
  all: (messages, preset) => renderer.renderRaw(line(preset), { messages }),
};
