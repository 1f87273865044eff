/** VitePress's own theme, with what long names of steps and options need. */
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default DefaultTheme;
