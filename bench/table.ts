/** The median: of all rounds, with those that other work on the machine slowed down. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [left = Number.NaN, right = Number.NaN] = [
    sorted[sorted.length % 2 === 0 ? middle - 1 : middle],
    sorted[middle],
  ];
  return (left + right) / 2;
}

/** The number that a tenth of the others is below: of times, how long it takes when nothing disturbs. */
export function lowestTenth(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 10)] ?? Number.NaN;
}

/** A ratio of undisturbed rounds, and that of the medians: `0.92 (0.90)`. */
export function ratioOf(undisturbed: number, typical: number): string {
  const digits = (ratio: number) => (ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(1));
  return `${digits(undisturbed)} (${digits(typical)})`;
}

/** A Markdown table with aligned columns. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
