/** A value now, or a promise of it: what a storage may answer. */
export type MaybePromise<T> = T | Promise<T>;

/** True for a promise, also one that is not native or comes from another realm. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Goes on with a value as soon as it is there: at once if it is there already, so that what can be synchronous is. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(value) ? Promise.resolve(value).then(next) : next(value);
}

/** Tries something that may answer at once or later, and may fail at once or later. */
export function attempt<T>(action: () => MaybePromise<T>, onError: (error: unknown) => T): MaybePromise<T> {
  try {
    const result = action();
    return isPromise(result) ? Promise.resolve(result).catch(onError) : result;
  } catch (error) {
    return onError(error);
  }
}
