/**
 * `explain`, for whatever may come: with the shapes of mistakes that no rule stands for, as custom jobs make them. The page explains
 * cowcheck's own jobs alone, and does not carry them.
 */
import { offerShapes } from './facts-of.ts';
import { givenUp } from './shapes/given-up.ts';
import { ownReader } from './shapes/own-reader.ts';
import { wrongEnd } from './shapes/wrong-end.ts';

offerShapes([wrongEnd, givenUp, ownReader]);

export { explain } from './explanation.ts';
