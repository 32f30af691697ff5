/** A mistake that the user can correct. Its message is printed without a stack, and the exit code is 2. */
export class UsageError extends Error {}
