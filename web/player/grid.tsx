/** The disks as a table. Colour is never alone: each cell says in words what it is. */
import type { Cell, Grid, GridRow, RowName } from '../../src/run/grid.ts';
import { type Session, differs } from './session.ts';

const HEADS: Record<RowName, { readonly head: string; readonly title: string }> = {
  source: { head: 'source (live)', title: 'the disk that the guest goes on using' },
  backing: { head: 'backing file', title: 'what lies beneath the source: read where the source has nothing of its own' },
  target: { head: 'target', title: 'where the backup goes' },
  bit: { head: 'copied? (bit)', title: "the job's note that a cluster need not be copied any more" },
  'in flight': { head: 'copies in flight', title: 'who copies the cluster now, and who waits for that' },
  'disk at T0': { head: 'disk at T0', title: 'what the backup must show' },
  'backup shows': { head: 'backup shows', title: 'the target where it was written, else the place it would be read from' },
  'target alone': { head: 'target alone', title: 'what the target shows with nothing beneath it' },
};
const BY_CLUSTER: readonly RowName[] = ['bit', 'in flight'];
const ORACLE: readonly RowName[] = ['disk at T0', 'backup shows', 'target alone'];

/** @param extra rows that are shown besides the usual ones */
export function GridView({ session, extra = [], label = 'The disks' }: { session: Session; extra?: readonly RowName[]; label?: string }) {
  const grid = session.grid.value;
  const rows = grid.rows.filter(({ name }) => name !== 'target alone' || extra.includes(name));
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={`${label}, scrolls sideways`}>
      <table class="grid">
        <caption>
          {label}
          {isFolded(grid) ? `: ${grid.columns.reduce((sum, { sectors }) => sum + sectors.length, 0)} of ${grid.sectors} sectors` : ''}
        </caption>
        <Head grid={grid} />
        <tbody>
          {rows.map((row) => (
            <RowView row={row} grid={grid} session={session} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const isFolded = ({ columns, sectors }: Grid): boolean => columns.reduce((sum, column) => sum + column.sectors.length, 0) < sectors;

function Head({ grid: { columns } }: { grid: Grid }) {
  return (
    <thead>
      <tr>
        <td />
        {columns.map(({ cluster, sectors }) => (
          <th scope="colgroup" colSpan={sectors.length} class="cluster">
            cluster {cluster}
          </th>
        ))}
      </tr>
      <tr>
        <td />
        {columns.flatMap(({ sectors }) =>
          sectors.map((s) => (
            <th scope="col">
              <abbr title={`sector ${s}`}>s{s}</abbr>
            </th>
          )),
        )}
      </tr>
    </thead>
  );
}

function RowView({ row, grid, session }: { row: GridRow; grid: Grid; session: Session }) {
  const { head, title } = HEADS[row.name];
  const isOfClusters = BY_CLUSTER.includes(row.name);
  const places = isOfClusters
    ? grid.columns.map(({ cluster, sectors }) => ({ words: `cluster ${cluster}`, span: sectors.length }))
    : grid.columns.flatMap(({ sectors }) => sectors.map((s) => ({ words: `sector ${s}`, span: 1 })));
  return (
    <tr class={ORACLE.includes(row.name) ? 'oracle' : ''} data-row={row.name}>
      <th scope="row" title={title}>
        {head}
      </th>
      {row.cells.map((cell, i) => (
        <CellView
          cell={cell}
          span={places[i]!.span}
          where={`${head}, ${places[i]!.words}`}
          isChanged={differs(row, session.gridBefore.value, i)}
          isNext={differs(row, session.gridNext.value, i)}
          isPromised={row.name !== 'backup shows' || grid.isPromised}
        />
      ))}
    </tr>
  );
}

interface CellProps {
  readonly cell: Cell;
  readonly span: number;
  readonly where: string;
  readonly isChanged: boolean;
  readonly isNext: boolean;
  readonly isPromised: boolean;
}

const KINDS: Record<Cell['kind'], string> = {
  old: 'as at T0',
  new: 'written since T0',
  zero: 'zeroes',
  other: 'from elsewhere',
  hole: 'nothing here',
  none: '',
  note: '',
};

function CellView({ cell, span, where, isChanged, isNext, isPromised }: CellProps) {
  const { text, kind, want, from } = cell;
  const words = [
    `${where}: ${text === '··' ? '' : text}`,
    KINDS[kind],
    from === null ? '' : `read from ${from}`,
    want === null ? '' : `wrong, should be ${want}`,
    isChanged ? 'changed by this step' : '',
  ];
  const classes = [
    'cell',
    kind,
    want === null ? '' : 'wrong',
    isChanged ? 'changed' : '',
    isNext ? 'next' : '',
    isPromised ? '' : 'unpromised',
  ];
  return (
    <td colSpan={span} class={classes.filter((name) => name !== '').join(' ')} aria-label={words.filter((word) => word !== '').join(', ')}>
      <span aria-hidden="true">
        {want === null ? '' : '✗ '}
        {text}
        {kind === 'hole' && from !== null ? ' ↓' : ''}
        {want === null ? '' : <small> want {want}</small>}
      </span>
    </td>
  );
}
