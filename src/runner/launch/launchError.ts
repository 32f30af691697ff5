/** A training process cannot be started; the message says what to do. */
export class LaunchError extends Error {}
