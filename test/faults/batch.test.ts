import { batch } from './batch.ts';
import { proveColumn } from './prove.ts';

proveColumn(batch);
