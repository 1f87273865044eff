/** Survivors that are the same checker, by id, each with the reason. `main.js --list` prints the ids. */
export const EQUIVALENT: Readonly<Record<string, string>> = {
  '073ca3ab':
    'copies-no-more.ts asks again at the later sectors of a cluster: what it asks is the same of all of them, ' +
    'for no change of the guest lands in a cluster that is being copied',
  '1512e9e3': 'watch.ts: an array of one cell more than is ever asked for',
  '027da9a2': 'normal-form.ts passes once less at most: it settles long before the limit of eight',
  '05cf794d': 'ample-steps.ts: ALWAYS is a mark, and any number does that NEVER and AFTER_JOB are not',
  '00fb3364':
    'minimality.ts also tries scenarios that the job lacks an option for: where the failing trace has the option, none of those ' +
    'fails as it does, and where it has not, none is enumerated',
  '10d960ca': 'state-set.ts looks at a place more, which is past the end and stores zeroes in an empty place',
};
