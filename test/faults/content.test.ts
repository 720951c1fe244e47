import { content } from './content.ts';
import { proveColumn } from './prove.ts';

proveColumn(content);
