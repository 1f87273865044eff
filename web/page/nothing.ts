/** What the page carries in place of a module that it never uses. */
export const NOTHING = null;
