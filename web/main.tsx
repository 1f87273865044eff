/** Where the page begins; and the checker, which is the same script in a worker. */
import { render } from 'preact';
import '../src/families/block-copy.ts';
import '../src/explain/of-block-copy.ts';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/disks.css';
import './style/player.css';
import './style/screens.css';
import { App } from './app.tsx';
import { answerQuestions } from './checker/worker.ts';
import { fetchMore } from './common/data.ts';
import { followAddress } from './common/route.ts';

if (typeof document === 'undefined') answerQuestions();
else showPage(document.getElementById('app')!);

/** What the first screen does not need follows the script in the HTML, so the screen is there before that is read. */
function showPage(app: HTMLElement): void {
  followAddress();
  render(<App />, app);
  addEventListener('DOMContentLoaded', () => void fetchMore());
}
