import type { Engine } from '../tfjs/tfjs.ts'

/** How TensorFlow.js ends the name of the engine's scope in which one of its functions runs. */
const FUNCTION_SUFFIX = '__op'

/** Functions that call another one with sizes that their own caller names. */
const PASSES_SIZES_ON = /^(slice[1-4]d|pad[1-4]d|randomStandardNormal)$/

/**
 * Returns the function of TensorFlow.js that called the one which runs now, as `moments` calls `reshape`: it works out
 * sizes from the shapes of its inputs. Null where the running one was called by other code.
 */
export function callerOf(engine: Engine): string | null {
  const [caller, running] = (engine.state.scopeStack ?? []).slice(-2).map(({ name }) => name)
  if (!caller?.endsWith(FUNCTION_SUFFIX) || !running?.endsWith(FUNCTION_SUFFIX)) return null
  const name = caller.slice(0, -FUNCTION_SUFFIX.length)
  return PASSES_SIZES_ON.test(name) ? null : name
}
