/** The traces of the matrix, as they are kept in the repository: which there should be, and which of a rule is the smallest. */
import { SYNC_MODES } from '../../model/sync.ts';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { costOf, isLess } from '../shrink/cost.ts';
import type { Trace } from '../trace/format.ts';
import type { MatrixRow } from './matrix.ts';

/** The file of a pair of rules, in the order of their table. */
export function pairFile(one: string, other: string, mode: string): string {
  return `${RULE_NAMES.filter((name) => name === one || name === other).join('+')}-${mode}.trace.yaml`;
}

/** The names of all files that rows speak of. */
export function matrixFiles(rows: readonly MatrixRow[]): string[] {
  const files = rows.flatMap(({ name, modes }) =>
    SYNC_MODES.flatMap((mode) => {
      const { trace, underQemu, maskedBy } = modes[mode];
      return [trace ?? [], underQemu?.trace ?? [], maskedBy.map((other) => pairFile(name, other, mode))].flat();
    }),
  );
  return [...new Set(files)].toSorted();
}

/** Of equally small ones that of the first mode. @throws if no mode has one */
export function smallestTrace({ name, modes }: MatrixRow, load: (file: string) => Trace): Trace {
  const traces = SYNC_MODES.flatMap((mode) => modes[mode].trace ?? []).map((file) => load(file));
  if (traces.length === 0) throw new Error(`no trace shows that ${name} is necessary`);
  const costs = new Map(traces.map((trace) => [trace, costOf(trace)]));
  return traces.reduce((best, trace) => (isLess(costs.get(trace)!, costs.get(best)!) ? trace : best));
}
