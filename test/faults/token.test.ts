import { proveColumnTogether } from './prove.ts';
import { token } from './token.ts';

proveColumnTogether(token);
