/** How many items from the start stay, if one more would be too large (Django: `bisect_keep_left`). */
export function bisectKeepLeft<T>(items: readonly T[], isTooLarge: (first: readonly T[]) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTooLarge(items.slice(0, middle + 1))) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many items at the start must go, if one fewer would be too large (Django: `bisect_keep_right`). */
export function bisectKeepRight<T>(items: readonly T[], isTooLarge: (last: readonly T[]) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTooLarge(items.slice(middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}
