import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { alsoTrusting } from '../src/certificate-authorities.ts';

describe('A connection', () => {
  it('trusts the default certificate authorities and the given one', () => {
    const { ca = [] } = alsoTrusting('a certificate in PEM');
    expect(ca.at(-1)).toBe('a certificate in PEM');
    expect(rootCertificates.filter((usual) => !ca.includes(usual))).toEqual([]);
  });

  it('keeps the default ones when none is given', () => {
    expect(alsoTrusting(undefined)).toEqual({});
  });
});
