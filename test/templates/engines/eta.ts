import { Eta } from "eta";
import { type PresetName, renderMessages } from "onceover/html";
import type { Engine } from "../contract.ts";

/** Both templates are those of the documentation. */
export const LIST = `<% if (it.messages.length > 0) { %>
<ul class="messages">
  <% for (const message of it.messages) { %>
  <li class="<%= message.tags %>"><%~ message.toHTML() %></li>
  <% } %>
</ul>
<% } %>
`;
export const line = (preset: PresetName): string => `<%~ it.renderMessages(it.messages, { preset: "${preset}" }) %>`;

const renderer = new Eta();

export const eta: Engine = {
  name: "Eta",
  list: (messages) => renderer.renderString(LIST, { messages }),
  all: (messages, preset) => renderer.renderString(line(preset), { messages, renderMessages }),
};
