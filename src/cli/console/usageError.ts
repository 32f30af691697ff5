/** Something the user can put right; its message goes to the error output without a stack, and the exit code is 2. */
export class UsageError extends Error {}
