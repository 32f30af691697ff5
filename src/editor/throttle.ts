/** A function that is called at most once in a while, however often it is asked for. */
export interface Throttled {
  /** Calls at once when the last call is long enough ago, else as soon as it is; requests in between are one. */
  request(): void
  dispose(): void
}

/** @param interval least time between two calls, in milliseconds */
export function throttle(interval: number, call: () => void): Throttled {
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = -Infinity
  const run = () => {
    timer = null
    last = Date.now()
    call()
  }
  return {
    request: () => {
      if (timer !== null) return
      const wait = last + interval - Date.now()
      if (wait <= 0) run()
      else timer = setTimeout(run, wait)
    },
    dispose: () => {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
