import { Liquid, type LiquidOptions } from "liquidjs";
import { addMessages } from "onceover/liquid";
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
export const ALERTS = `{% for message in messages %}
<div class="alert alert-{{ message.tags }}">
    {% if message.level == DEFAULT_MESSAGE_LEVELS.ERROR %}Important: {% endif %}{{ message }}
</div>
{% endfor %}
`;

/** An engine with these settings, as a contract. */
export function liquidWith(name: string, options: LiquidOptions): Engine {
  const engine = addMessages(new Liquid(options));
  return {
    name,
    list: (messages) => engine.parseAndRender(LIST, { messages }),
    all: (messages, preset) => engine.parseAndRender(`{{ messages | onceover: "${preset}" }}`, { messages }),
  };
}

/** Escaping nothing, as Liquid does by default. */
export const liquid: Engine = liquidWith("LiquidJS", {});
