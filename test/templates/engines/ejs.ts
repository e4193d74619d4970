import library from "ejs";
import { type PresetName, renderMessages } from "onceover/html";
import type { Engine } from "../contract.ts";

/** Both templates are those of the documentation. */
export const LIST = `<% if (messages.length > 0) { %>
<ul class="messages">
  <% for (const message of messages) { %>
  <li class="<%= message.tags %>"><%- message.toHTML() %></li>
  <% } %>
</ul>
<% } %>
`;
export const line = (preset: PresetName): string => `<%- renderMessages(messages, { preset: "${preset}" }) %>`;

export const ejs: Engine = {
  name: "EJS",
  list: (messages) => library.render(LIST, { messages }),
  all: (messages, preset) => library.render(line(preset), { messages, renderMessages }),
};
