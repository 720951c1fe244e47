import { page } from './page.ts';
import { proveColumn } from './prove.ts';

proveColumn(page);
