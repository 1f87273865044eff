/** The rules of the example family. */
export const RULES = {
  claimIsOneStep: { sentence: 'A cluster is claimed in the step that looks at it.', without: 'Two tasks copy it.' },
  writesWaitForFrozenReads: { sentence: 'A write waits for readers of its range.', without: 'A reader gets what came after T0.' },
  poolInCell: { sentence: 'A requester knows its tasks by a cell.', without: 'Two requesters take the same steps for different ones.' },
} as const;

export type Rules = Readonly<Record<keyof typeof RULES, boolean>>;
