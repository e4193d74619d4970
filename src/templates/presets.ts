import { type DefaultLevelName, ERROR, INFO, SUCCESS, WARNING } from "../levels.ts";

/** The classes of messages in one CSS framework: those of every message, and those of each level. */
export interface Preset extends Readonly<Partial<Record<DefaultLevelName, string>>> {
  readonly all?: string;
  /** True puts the text into an `<article>`, which is what a framework without classes draws as a box. */
  readonly isArticle?: boolean;
}

/** The CSS frameworks that messages can be dressed for; `plain` leaves them their own tags, for CSS of your own. */
export type PresetName = "plain" | "bootstrap" | "tailwind" | "bulma" | "pico";

// Full class names, as Tailwind finds those it makes by reading this file.
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  plain: {},
  bootstrap: {
    all: "alert alert-dismissible",
    debug: "alert-secondary",
    info: "alert-info",
    success: "alert-success",
    warning: "alert-warning",
    error: "alert-danger",
  },
  tailwind: {
    all: "mb-4 rounded-lg border py-3 ps-4 pe-12",
    debug: "border-gray-300 bg-gray-50 text-gray-900",
    info: "border-blue-300 bg-blue-50 text-blue-900",
    success: "border-green-300 bg-green-50 text-green-900",
    warning: "border-amber-300 bg-amber-50 text-amber-900",
    error: "border-red-300 bg-red-50 text-red-900",
  },
  bulma: {
    all: "notification",
    info: "is-info is-light",
    success: "is-success is-light",
    warning: "is-warning is-light",
    error: "is-danger is-light",
  },
  pico: { isArticle: true },
};

/** Which of the five levels a level looks like: the highest that it reaches. */
export function severityOf(level: number): DefaultLevelName {
  if (level >= ERROR) return "error";
  if (level >= WARNING) return "warning";
  if (level >= SUCCESS) return "success";
  return level >= INFO ? "info" : "debug";
}

/** The classes of a message: the preset's, then its own tags. */
export function classesOf({ level, tags }: { readonly level: number; readonly tags: string }, preset: Preset): string {
  return [preset.all, preset[severityOf(level)], tags].join(" ").trim().replace(/\s+/g, " ");
}
