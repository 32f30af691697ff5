/** A computation in steps, done in one go: whoever takes the steps one by one can do something else in between. */
export function inOneGo<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
