/** Where one is, as the part of the address behind #: no server hears of it. */
import { signal } from '@preact/signals';

export interface Route {
  /** `#/learn/cancel` is `['learn', 'cancel']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

export const route = signal(routeOf(''));

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded),
    query: new URLSearchParams(query),
  };
}

/** Whatever somebody has cut off or typed is no reason to show nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Whether only the run is wanted, within another page. */
export const isEmbedded = ({ query }: Route): boolean => query.get('embed') === '1';

/** The address as it was last read or written here: if it is another one now, somebody has gone there, and its event is still to come. */
let known = '';

/**
 * Writes parameters into the address without a new entry in the history, and without telling anybody: what they say is shown already.
 * @param change by name; '' takes a parameter out
 */
export function replaceQuery(change: Readonly<Record<string, string>>): void {
  if (location.hash !== known) return;
  const [path = '', query = ''] = location.hash.split('?', 2);
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(change)) {
    if (value === '') all.delete(name);
    else all.set(name, value);
  }
  const text = all.toString();
  const hash = `${path || '#/'}${text === '' ? '' : `?${text}`}`;
  if (hash !== location.hash && (text !== '' || location.hash !== '')) history.replaceState(history.state, '', hash);
  known = location.hash;
}

export function followAddress(): void {
  const look = (): void => {
    const before = route.value.path.join('/');
    known = location.hash;
    route.value = routeOf(known);
    if (route.value.path.join('/') !== before) window.scrollTo(0, 0);
  };
  look();
  window.addEventListener('hashchange', look);
}
