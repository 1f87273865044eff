/**
 * VitePress's own theme with the fonts of the reader's system, for those that it brings are a third of the package; and with what long
 * names of steps and options need.
 */
import DefaultTheme from 'vitepress/theme-without-fonts';
import './style.css';

export default DefaultTheme;
