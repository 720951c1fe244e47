import { entity } from './entity.ts';
import { proveColumn } from './prove.ts';

proveColumn(entity);
