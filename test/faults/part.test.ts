import { part } from './part.ts';
import { proveColumn } from './prove.ts';

proveColumn(part);
