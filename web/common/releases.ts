/** What docs/releases.md says of each bug: on which real releases it was seen. */

export interface ReleasedBug {
  /** The trace: of a real QEMU in traces/releases/, or of the model in traces/today/. */
  readonly trace: string;
  readonly isOfModel: boolean;
  /** One for each release: what became of the trace there. */
  readonly on: readonly { readonly release: string; readonly outcome: string }[];
}

/** @throws if the two tables are not there */
export function releasesOf(markdown: string): ReleasedBug[] {
  const tables = [...markdown.matchAll(/^\| trace \| (?<head>.*\d.*) \|\n\| ---.*\n(?<rows>(?:\|.*\n)+)/gm)].map(({ groups }) => ({
    releases: groups!['head']!.split(' | '),
    rows: cellsOf(groups!['rows']!),
  }));
  if (tables.length !== 2) throw new Error(`docs/releases.md: ${tables.length} tables of releases, expected 2`);
  return tables.flatMap(({ releases, rows }, i) =>
    rows.map(([trace = '', ...outcomes]) => ({
      trace,
      isOfModel: i === 1,
      on: releases.map((release, column) => ({ release, outcome: outcomes[column] ?? '' })),
    })),
  );
}

const cellsOf = (rows: string): string[][] => {
  const lines = rows.trim().split('\n');
  return lines.map((line) => line.slice(2, -2).split(' | '));
};
