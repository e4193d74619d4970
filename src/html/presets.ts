import { type DefaultLevelName, LEVELS } from "../core/levels.ts";

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
  // Transparent colours suit a light page as well as a dark one.
  tailwind: {
    all: "mb-4 rounded-md border-s-4 py-3 ps-4 pe-12 **:[a]:underline",
    debug: "border-gray-500 bg-gray-500/10",
    info: "border-blue-500 bg-blue-500/10",
    success: "border-green-500 bg-green-500/10",
    warning: "border-amber-500 bg-amber-500/10",
    error: "border-red-500 bg-red-500/10",
  },
  bulma: {
    all: "notification pr-6",
    info: "has-background-info-soft has-text-info-bold",
    success: "has-background-success-soft has-text-success-bold",
    warning: "has-background-warning-soft has-text-warning-bold",
    error: "has-background-danger-soft has-text-danger-bold",
  },
  pico: { isArticle: true },
};

/** The names of the five levels, the least urgent first. */
export const SEVERITIES = Object.keys(LEVELS) as DefaultLevelName[];

/** Which of the five levels a level looks like: the highest that it reaches. */
export function severityOf(level: number): DefaultLevelName {
  return SEVERITIES.findLast((name) => level >= LEVELS[name]) ?? "debug";
}

/** The classes of a message: the preset's, then its own tags. */
export function classesOf({ level, tags }: { readonly level: number; readonly tags: string }, preset: Preset): string {
  const classes = [preset.all, preset[severityOf(level)], tags].filter((names) => typeof names === "string");
  return classes
    .join(" ")
    .replace(/[\t\n\f\r ]+/g, " ")
    .trim();
}
