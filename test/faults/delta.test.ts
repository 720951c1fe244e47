import { delta } from './delta.ts';
import { proveColumn } from './prove.ts';

proveColumn(delta);
