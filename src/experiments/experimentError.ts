/** An experiment cannot begin or go on. The message is a sentence for the user. */
export class ExperimentError extends Error {}
