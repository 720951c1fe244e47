import { single } from './single.ts';
import { proveColumn } from './prove.ts';

proveColumn(single);
