import Handlebars from "handlebars";
import { registerMessages } from "onceover/handlebars";
import type { PresetName } from "onceover/html";
import type { Engine } from "../contract.ts";

/** Both templates are those of the documentation. */
export const LIST = `{{#if messages}}
<ul class="messages">
  {{#each messages}}
  <li class="{{tags}}">{{this}}</li>
  {{/each}}
</ul>
{{/if}}
`;
export const line = (preset: PresetName): string => `{{onceover messages "${preset}"}}`;

const instance = registerMessages(Handlebars.create());

export const handlebars: Engine = {
  name: "Handlebars",
  list: (messages) => instance.compile(LIST)({ messages }),
  all: (messages, preset) => instance.compile(line(preset))({ messages }),
};
