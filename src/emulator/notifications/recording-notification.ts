/** Notifications of new recordings, with or without the recording itself. */
import type { CallRecordings } from '../endpoints/call-recording.ts';
import { quoteKey } from '../path.ts';
import type { Forgery, Settings } from '../settings.ts';
import { guid, pick } from '../tenant/seeded.ts';
import type { Recording, Tenant } from '../tenant/tenant.ts';
import { envelope } from './change-notification.ts';
import type { Subscriber } from './change-notification.ts';
import { encrypt } from './encryption.ts';
import type { EncryptedContent, Encryption } from './encryption.ts';
import { publisherId } from './validation-token.ts';
import type { ValidationTokens } from './validation-token.ts';

/** A subscription that is notified of new recordings. */
export interface RecordingSubscriber extends Subscriber {
  /** The application that subscribed. */
  readonly applicationId: string;
  /** The origin and version that it addressed. */
  readonly root: string;
  /** How the recording itself is encrypted; null when only its id is sent. */
  readonly encryption: Encryption | null;
}

/**
 * Creates notifications of new recordings. With resource data they have the encrypted recording, and a validation token
 * next to `value`: https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data
 */
export function createRecordingNotifications(dependencies: {
  readonly tenant: Tenant;
  readonly settings: Settings;
  readonly callRecordings: Pick<CallRecordings, 'printInAll'>;
  readonly validationTokens: Pick<ValidationTokens, 'issue'>;
}): (subscriber: RecordingSubscriber, recording: Recording) => unknown {
  const { callRecordings, settings, tenant, validationTokens } = dependencies;
  return (subscriber, recording) => {
    const { applicationId, encryption, root } = subscriber;
    const { forgery } = settings;
    const clientState = forgery === 'clientState' ? guid(tenant.seed, 'forged', subscriber.id) : subscriber.clientState;
    const resource = `communications/onlineMeetings${quoteKey(recording.meetingId)}/recordings${quoteKey(recording.id)}`;
    const item = {
      ...envelope({ ...subscriber, clientState }, tenant.id),
      changeType: 'created',
      resource,
      resourceData: { id: recording.id, '@odata.type': '#Microsoft.Graph.callRecording', '@odata.id': resource },
    };
    if (encryption === null) {
      return { value: [item] };
    }
    // Graph's schema writes the one, its example of a recording the other.
    const member = pick(['encryptedContent', 'EncryptedContent'], tenant.seed, 'spelling', recording.id);
    const content = forge(encrypt(callRecordings.printInAll(root, recording), encryption), forgery);
    const clientId = forgery === 'publisher' ? guid(tenant.seed, 'another publisher') : publisherId;
    return {
      value: [{ ...item, [member]: content }],
      validationTokens: [validationTokens.issue(clientId, applicationId)],
    };
  };
}

function forge(content: EncryptedContent, forgery: Forgery | null): EncryptedContent {
  if (forgery !== 'data') {
    return content;
  }
  const data = Buffer.from(content.data, 'base64');
  data[0] = (data[0] ?? 0) ^ 1;
  return { ...content, data: data.toString('base64') };
}
