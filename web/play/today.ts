/** The day as a seed, the same for everybody. */
export const today = (): string => new Date().toISOString().slice(0, 10);
