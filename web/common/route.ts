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

export function followAddress(): void {
  const look = (): void => {
    route.value = routeOf(location.hash);
    window.scrollTo(0, 0);
  };
  look();
  window.addEventListener('hashchange', look);
}
