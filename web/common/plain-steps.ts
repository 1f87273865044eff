/**
 * What kinds of steps do, in fewer words than a trace has: by the step's label, after the name of who does it. The script does not carry
 * them (tools/page/bundle.ts): they come with the data.
 */
export const PLAIN_STEPS: Record<string, string> = {
  start: 'begins the backup: this is T0',
  sleep: 'goes on to {c}',
  'copy.read': 'asks the disk for {c}',
  'copy.took': 'reads {c}',
  'copy.store': 'sends {c} to the target',
  'copy.land': 'stores {c} in the target',
  'write.start': 'begins its write',
  'write.land': 'writes {c}',
  'write.done': 'is done',
  wait: 'wakes, and looks at {c} again',
  park: 'wakes, and looks what there is to do',
  close: 'ends',
};
