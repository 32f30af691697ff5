/**
 * Runs a computation that is a generator of steps without pausing, and returns its result. Callers that have other work
 * to do between the steps take them one by one instead.
 */
export function runToCompletion<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
