import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { createSeal } from '../../src/recordings/seal.ts';

it('A sealed text is opened for its purpose, even if it is empty', () => {
  const seal = createSeal([randomBytes(32)]);
  for (const text of ['', 'a text']) expect(seal.open('a purpose', seal.seal('a purpose', text))).toBe(text);
});

it('The digest of a text is the same with the same sealing key and purpose, and another with any other', () => {
  const [key, former] = [randomBytes(32), randomBytes(32)];
  const digest = createSeal([key, former]).digest('a purpose', 'a text');
  expect(createSeal([key]).digest('a purpose', 'a text')).toBe(digest);
  const others = [
    createSeal([former, key]).digest('a purpose', 'a text'),
    createSeal([key]).digest('another purpose', 'a text'),
    createSeal([key]).digest('a purpose', 'another text'),
    createSeal([key]).digest('a purposea', ' text'),
  ];
  expect(new Set([digest, ...others]).size).toBe(5);
});
