/** Survivors that are the same checker, by id, each with the reason. `main.js --list` prints the ids. */
export const EQUIVALENT: Readonly<Record<string, string>> = {};
