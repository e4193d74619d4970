import library from "nunjucks";
import type { PresetName } from "onceover/html";
import { registerMessages } from "onceover/nunjucks";
import type { Engine } from "../contract.ts";
import { LIST } from "./django.ts";

export const line = (preset: PresetName): string => `{{ messages | onceover("${preset}") }}`;

const environment = registerMessages(new library.Environment());

export const nunjucks: Engine = {
  name: "Nunjucks",
  list: (messages) => environment.renderString(LIST, { messages }),
  all: (messages, preset) => environment.renderString(line(preset), { messages }),
};
