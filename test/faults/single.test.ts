import { proveColumn } from './prove.ts';
import { single } from './single.ts';

proveColumn(single);
