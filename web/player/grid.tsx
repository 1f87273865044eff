/** The disks as a table. Colour is never alone: each cell says in words what it is. */
import { type Cell, type Grid, type GridRow, ROWS, type RowName } from '../../src/run/grid.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { TermView } from '../common/terms.tsx';
import { type Session, differs } from './session.ts';

/** Where a row is called otherwise than the model calls it. What it is, is told when asked (later-words.ts). */
const HEADS: Partial<Record<RowName, string>> = {
  source: 'disk',
  backing: 'backing file',
  carried: 'in flight',
  bit: 'copied?',
  'in flight': 'copying',
};
const BY_CLUSTER: readonly RowName[] = ['bit', 'in flight'];
/** What cells say, where the page has a plainer word: holes, and the job's bits. */
const WORDS: Readonly<Record<string, string>> = { '··': 'empty', nothing: 'empty', '0': 'no', '1': 'yes', freed: 'gone' };
/** What is not known before T0. */
const UNKNOWN = '?';
const ORACLE: readonly RowName[] = ['disk at T0', 'backup shows', 'target alone'];

interface GridProps {
  readonly session: Session;
  /** Rows that are shown besides the usual ones. */
  readonly extra?: readonly RowName[];
  /** The only rows that are shown. */
  readonly only?: readonly RowName[];
  /** Rows that are not. */
  readonly without?: readonly RowName[];
  readonly label?: string;
}

export function GridView({ session, extra = [], only = ROWS, without = [], label = 'The disks' }: GridProps) {
  const grid = session.grid.value;
  const rows = grid.rows.filter(
    ({ name }) => (name !== 'target alone' || extra.includes(name)) && only.includes(name) && !without.includes(name),
  );
  const sectors = grid.columns.reduce((sum, column) => sum + column.sectors.length, 0);
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={`${label}, scrolls sideways`}>
      <table class="grid" style={{ '--sectors': sectors }}>
        <caption>
          {label}
          {sectors < grid.sectors ? `: ${sectors} of ${grid.sectors} sectors` : ''}
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
  const head = HEADS[row.name] ?? row.name;
  const places = placesOf(row.name, grid);
  const before = session.gridBefore.value;
  const cellsBefore = before?.rows.find(({ name }) => name === row.name)?.cells;
  const isKnown = (i: number): boolean => cellsBefore?.[i]?.text !== UNKNOWN;
  return (
    <tr class={ORACLE.includes(row.name) ? 'oracle' : ''} data-row={row.name}>
      <th scope="row">
        <TermView term={{ text: head, words: head, means: LATER_WORDS[row.name] }} />
      </th>
      {row.cells.map((cell, i) => (
        <CellView
          cell={cell}
          span={places[i]!.span}
          where={`${head}${places[i]!.words}`}
          isChanged={cell.text !== '' && isKnown(i) && differs(row, before, i)}
          isPromised={row.name !== 'backup shows' || grid.isPromised}
        />
      ))}
    </tr>
  );
}

/** What each cell of a row is about, and over how many columns it goes. */
function placesOf(name: RowName, { columns }: Grid): { readonly words: string; readonly span: number }[] {
  if (name === 'hook') return [{ words: '', span: columns.reduce((sum, { sectors }) => sum + sectors.length, 0) }];
  return BY_CLUSTER.includes(name)
    ? columns.map(({ cluster, sectors }) => ({ words: `, cluster ${cluster}`, span: sectors.length }))
    : columns.flatMap(({ sectors }) => sectors.map((s) => ({ words: `, sector ${s}`, span: 1 })));
}

interface CellProps {
  readonly cell: Cell;
  readonly span: number;
  readonly where: string;
  readonly isChanged: boolean;
  readonly isPromised: boolean;
}

const KINDS: Record<Cell['kind'], string> = {
  old: 'as at T0',
  new: 'written since T0',
  zero: 'zeroes',
  other: 'from elsewhere',
  hole: '',
  none: '',
  note: '',
};

function CellView({ cell, span, where, isChanged, isPromised }: CellProps) {
  const { text, kind, want, from, chips } = cell;
  const told = WORDS[text] ?? text;
  const words = [
    `${where}: ${chips?.map((chip) => chip.text).join(' ') ?? told}`,
    KINDS[kind],
    from === null ? '' : `read from ${from}`,
    want === null ? '' : `wrong, should be ${want}`,
    isChanged ? 'changed by this step' : '',
  ];
  const classes = [
    'cell',
    kind,
    text === 'off' ? 'off' : '',
    want === null ? '' : 'wrong',
    isChanged ? 'changed' : '',
    isPromised ? '' : 'unpromised',
  ];
  return (
    <td colSpan={span} class={classes.filter((name) => name !== '').join(' ')} aria-label={words.filter((word) => word !== '').join(', ')}>
      {chips === undefined ? (
        <span aria-hidden="true">
          {want === null ? '' : '✗ '}
          {told}
          {want === null ? '' : <small> want {want}</small>}
        </span>
      ) : (
        <Chips chips={chips} />
      )}
    </td>
  );
}

/** Each is drawn as it sets out; while it is under way it stays what it is. */
function Chips({ chips }: { chips: NonNullable<Cell['chips']> }) {
  return (
    <span aria-hidden="true" class="chips">
      {chips.map(({ text, to, kind }, i) => (
        <>
          {i === 0 ? '' : ' '}
          <span key={text} class={`chip ${kind} to-${to}`}>
            {text}
          </span>
        </>
      ))}
    </span>
  );
}
