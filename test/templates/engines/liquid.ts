import { Liquid, type LiquidOptions } from "liquidjs";
import type { PresetName } from "onceover/html";
import { registerMessages } from "onceover/liquid";
import type { Engine } from "../contract.ts";
import { LIST } from "./django.ts";

export const line = (preset: PresetName): string => `{{ messages | onceover: "${preset}" }}`;

/** An engine with these settings, as a contract. */
export function liquidWith(name: string, options: LiquidOptions): Engine {
  const engine = registerMessages(new Liquid(options));
  return {
    name,
    list: (messages) => engine.parseAndRender(LIST, { messages }),
    all: (messages, preset) => engine.parseAndRender(line(preset), { messages }),
  };
}

/** Escaping nothing, as Liquid does by default. */
export const liquid: Engine = liquidWith("LiquidJS", {});
