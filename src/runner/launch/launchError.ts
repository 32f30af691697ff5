/** Says why a training process cannot be started, and what to do about it. */
export class LaunchError extends Error {}
