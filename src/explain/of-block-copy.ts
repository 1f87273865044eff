/** Makes known the shapes of failure that only block-copy has: import it where its runs are explained, and explain-any.ts is not. */
import { offerShapes } from './facts-of.ts';
import { givenUp } from './shapes/given-up.ts';
import { missingBit } from './shapes/missing-bit.ts';
import { missingInIncrement } from './shapes/missing-in-increment.ts';

offerShapes([givenUp, missingBit, missingInIncrement]);
