/** Survivors that are the same checker, by id, each with the reason. `main.js --list` prints the ids. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  '073ca3ab':
    'copies-no-more.ts asks again at the later sectors of a cluster: what it asks is the same of all of them, ' +
    'for no change of the guest lands in a cluster that is being copied',
};
