import library from "nunjucks";
import { addMessages } from "onceover/nunjucks";
import type { Engine } from "../contract.ts";

/** From Django's documentation, unchanged. */
export const LIST = `{% if messages %}
    <ul class="messages">
        {% for message in messages %}
            <li class="{{ message.tags }}">{{ message }}</li>
        {% endfor %}
    </ul>
{% endif %}
`;

const environment = addMessages(new library.Environment());

export const nunjucks: Engine = {
  name: "Nunjucks",
  list: (messages) => environment.renderString(LIST, { messages }),
  all: (messages, preset) => environment.renderString(`{{ messages | onceover("${preset}") }}`, { messages }),
};
