/**
 * Embedded in another page (`?embed=1`). The embedding page may ask whether it is ready, and give it a trace: `PING` is
 * answered with `PONG`, and then `{trace: "trace: 2 ..."}` is played. Messages of all other pages are ignored.
 */
import { openText } from './opened.ts';

export function listenToParent(): () => void {
  const listen = ({ source, data, origin }: MessageEvent<unknown>): void => {
    if (source !== window.parent || source === window) return;
    if (data === 'PING') window.parent.postMessage('PONG', origin === 'null' ? '*' : origin);
    if (typeof data !== 'object' || data === null || !('trace' in data) || typeof data.trace !== 'string') return;
    location.hash = '#/given?embed=1';
    void openText('given', 'the trace that was given', data.trace);
  };
  addEventListener('message', listen);
  return () => removeEventListener('message', listen);
}
