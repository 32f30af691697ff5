/** A file of learned weights that cannot be written or used. Its message is a clause that follows "RUN: ". */
export class LearnedError extends Error {}
