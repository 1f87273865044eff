/** Where the page begins. */
import { render } from 'preact';
import './style.css';
import { App } from './app.tsx';
import { followAddress } from './route.ts';

const app = document.getElementById('app')!;
app.replaceChildren();
followAddress();
render(<App />, app);
