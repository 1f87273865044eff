/** Where the page begins; and the checker, which is the same script in a worker. */
import { render } from 'preact';
import './style.css';
import { App } from './app.tsx';
import { answerQuestions } from './checker/worker.ts';
import { followAddress } from './common/route.ts';

if (typeof document === 'undefined') answerQuestions();
else showPage(document.getElementById('app')!);

function showPage(app: HTMLElement): void {
  app.replaceChildren();
  followAddress();
  render(<App />, app);
}
