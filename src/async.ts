/** A value now, or a promise of it: what a storage may answer. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with a value as soon as it is there: at once if it is there already, so that what can be synchronous is. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
