import { describe, expect, it } from 'vitest';
import { readChangeNotifications } from '../../src/msgraph/notifications/change-notification.ts';

const CONTENT = { data: 'ZGF0YQ==', dataKey: 'a2V5', dataSignature: 'c2lnbmVk', encryptionCertificateId: 'current' };

/** A notification as Graph sends it, except for the given members. */
function item(members: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    subscriptionId: '1f5b0c1e-6d3a-4f62-9d0b-7f5d8a1c2b3e',
    subscriptionExpirationDateTime: '2026-11-26T12:00:00.0000000+00:00',
    tenantId: '7d3c1a52-90f4-4b1e-8a6d-2f5be0c4a911',
    changeType: 'created',
    clientState: 'a state',
    resource: "communications/onlineMeetings('m')/recordings('r')",
    resourceData: { id: 'r', '@odata.type': '#Microsoft.Graph.callRecording' },
    ...members,
  };
}

const CREATED = { event: 'created', clientState: 'a state', encryptedContent: null };

describe('A payload of notifications', () => {
  it('may mix notifications of many subscriptions, with and without recordings, and lifecycle events', () => {
    const read = readChangeNotifications({
      '@odata.type': '#microsoft.graph.changeNotificationCollection',
      value: [
        item(),
        item({ clientState: 'another', encryptedContent: CONTENT }),
        item({ changeType: undefined, lifecycleEvent: 'reauthorizationRequired' }),
      ],
      validationTokens: ['one', 'other'],
    });
    expect(read).toEqual({
      notifications: [
        CREATED,
        { ...CREATED, clientState: 'another', encryptedContent: CONTENT },
        { ...CREATED, event: 'reauthorizationRequired' },
      ],
      validationTokens: ['one', 'other'],
      malformed: 0,
    });
  });

  it.each([
    [{}, CREATED],
    [{ changeType: 'Created' }, CREATED],
    [{ someday: { new: true }, '@odata.etag': 'W/"1"' }, CREATED],
    [{ encryptedContent: null, lifecycleEvent: null }, CREATED],
    [{ encryptedContent: CONTENT }, { ...CREATED, encryptedContent: CONTENT }],
    [{ EncryptedContent: CONTENT }, { ...CREATED, encryptedContent: CONTENT }],
    [
      { encryptedContent: null, EncryptedContent: CONTENT },
      { ...CREATED, encryptedContent: CONTENT },
    ],
    [
      { encryptedContent: { ...CONTENT, encryptionCertificateThumbprint: 'F00D' } },
      { ...CREATED, encryptedContent: CONTENT },
    ],
    [
      { EncryptedContent: { ...CONTENT, dataSignature: undefined } },
      { ...CREATED, encryptedContent: { ...CONTENT, dataSignature: null } },
    ],
    [{ lifecycleEvent: 'missed' }, { ...CREATED, event: 'missed' }],
    [
      { changeType: undefined, lifecycleEvent: 'subscriptionRemoved' },
      { ...CREATED, event: 'subscriptionRemoved' },
    ],
  ])('is read with %j in a notification', (members, notification) => {
    expect(readChangeNotifications({ value: [item(members)] })).toEqual({
      notifications: [notification],
      validationTokens: [],
      malformed: 0,
    });
  });

  it.each([
    ['null', null],
    ['a string', 'created'],
    ['a list', [item()]],
    ['no clientState', item({ clientState: undefined })],
    ['a clientState that is null', item({ clientState: null })],
    ['a clientState that is a list', item({ clientState: ['a state'] })],
    ['neither a change nor an event', item({ changeType: undefined })],
    ['an unknown change', item({ changeType: 'deleted' })],
    ['an unknown event', item({ lifecycleEvent: 'somethingNew' })],
    ['an event in place of a change', item({ changeType: 'missed' })],
    ['a change in place of an event', item({ changeType: undefined, lifecycleEvent: 'created' })],
    ['content that is a string', item({ encryptedContent: 'data' })],
    ['content without data', item({ encryptedContent: { ...CONTENT, data: undefined } })],
    ['content without a key', item({ encryptedContent: { ...CONTENT, dataKey: null } })],
    [
      'content without a certificate id',
      item({ EncryptedContent: { ...CONTENT, encryptionCertificateId: undefined } }),
    ],
    ['a signature that is not a string', item({ encryptedContent: { ...CONTENT, dataSignature: 42 } })],
  ])('keeps the other notifications when one is or has %s, and counts the malformed ones', (_what, malformed) => {
    expect(readChangeNotifications({ value: [malformed, item(), malformed] })).toMatchObject({
      notifications: [CREATED],
      malformed: 2,
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', '{"value":[]}'],
    ['a list', [item()]],
    ['one notification by itself', item()],
    ['a value that is not a list', { value: item() }],
    ['tokens that are not strings', { value: [item()], validationTokens: [42] }],
    ['tokens that are not a list', { value: [item()], validationTokens: 'token' }],
    ['more notifications than allowed', { value: Array.from({ length: 1_001 }, () => item()) }],
    ['more tokens than allowed', { value: [], validationTokens: Array.from({ length: 1_001 }, String) }],
  ])('is rejected as a whole when it is or has %s', (_what, body) => {
    expect(readChangeNotifications(body)).toBeNull();
  });

  it.each([
    ['none', []],
    ['a thousand', Array.from({ length: 1_000 }, () => item())],
  ])('may have %s notifications', (_what, value) => {
    expect(readChangeNotifications({ value, validationTokens: null })?.notifications).toHaveLength(value.length);
  });
});
