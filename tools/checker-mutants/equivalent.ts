/** Survivors that are the same checker, by id, each with the reason. `main.js --list` prints the ids. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  '073ca3ab':
    'copies-no-more.ts asks again at the later sectors of a cluster: what it asks is the same of all of them, ' +
    'for no change of the guest lands in a cluster that is being copied',
  '02cdcfd4': 'cheapest.ts asks at each move whether to stop, not now and then: it costs time alone',
  '02b7b5fc': 'independence.ts makes room for more answers than it needs',
  '0529006c': 'independence.ts compares two footprints again instead of remembering the answer, which is the same',
};
