/** The content endpoint: videos of recordings, whole or in ranges. */
import { requireOrganizer } from '../authorization.ts';
import { GraphError, badRequest, notFound } from '../graph-error.ts';
import type { GraphAnswer, GraphCall, GraphRequest } from '../http/exchange.ts';
import type { Settings } from '../settings.ts';
import { hex, number } from '../tenant/seeded.ts';
import type { Recording, Tenant } from '../tenant/tenant.ts';
import { createVideo } from '../video/video.ts';
import type { Video } from '../video/video.ts';
import type { CallRecordings } from './call-recording.ts';
import { decodeToken, encodeToken } from './page.ts';

/** The smallest padding that a video can have. */
const smallestPaddingBytes = 8;

/** Serves the bytes of recordings: https://learn.microsoft.com/en-us/graph/api/callrecording-get */
export interface Content {
  /** Answers with the video, or with a redirect to it. With a delegated token, only for the organizer. */
  readonly get: (call: GraphCall) => GraphAnswer;
  /**
   * Answers on the other origin, for any client with the URL, which is the only credential. Throws a GraphError when
   * the URL was not issued, and when a client sends its token, which it must not send to other hosts.
   */
  readonly getPreauthenticated: (request: GraphRequest) => GraphAnswer;
}

/** Serves the videos of a tenant. `contentOrigin` returns the origin that serves them without a token. */
export function createContent(dependencies: {
  readonly callRecordings: CallRecordings;
  readonly tenant: Tenant;
  readonly settings: Settings;
  readonly contentOrigin: () => string;
}): Content {
  const { callRecordings, contentOrigin, settings, tenant } = dependencies;

  function preauthenticatedPath({ meetingId, id }: Recording): string {
    return `/download/${encodeToken([meetingId, id])}?tempauth=${hex(40, 'tempauth', tenant.seed, meetingId, id)}`;
  }

  function answerVideo(recording: Recording, range: string | undefined): GraphAnswer {
    const video = videoOf(recording);
    const { sizeBytes } = video;
    const part = settings.ranges ? parseRange(range, sizeBytes) : undefined;
    const { startByte, endByte } = part ?? { startByte: 0, endByte: sizeBytes };
    return {
      status: part === undefined ? 200 : 206,
      headers: {
        'Content-Type': 'video/mp4',
        ...(settings.contentSize ? { 'Content-Length': String(endByte - startByte) } : {}),
        ...(settings.ranges ? { 'Accept-Ranges': 'bytes' } : {}),
        ...(part === undefined
          ? {}
          : { 'Content-Range': `bytes ${startByte}-${endByte - 1}/${settings.contentSize ? sizeBytes : '*'}` }),
      },
      body: { kind: 'bytes', sizeBytes: endByte - startByte, chunks: () => chunks(video, startByte, endByte) },
    };
  }

  function videoOf({ id, meetingId, createdDateTime, endDateTime }: Recording): Video {
    const durationMs = Date.parse(endDateTime) - Date.parse(createdDateTime);
    const options = {
      seed: number(2 ** 32, 'video', tenant.seed, meetingId, id),
      durationSeconds: Math.max(1, Math.round(durationMs / 1000)),
      title: tenant.meeting(meetingId)?.subject ?? '',
    };
    const video = createVideo(options);
    const leastBytes = settings.contentBytes ?? 0;
    return leastBytes > video.sizeBytes
      ? createVideo({ ...options, padToBytes: Math.max(leastBytes, video.sizeBytes + smallestPaddingBytes) })
      : video;
  }

  return {
    get(call) {
      const { user, meeting, recording } = callRecordings.find(call);
      if (call.caller.kind === 'delegated') {
        requireOrganizer(call.caller, user, meeting);
      }
      // A batch cannot hold bytes, and follows no redirect.
      return settings.contentRedirect || call.request.isPart
        ? { status: 302, headers: { Location: contentOrigin() + preauthenticatedPath(recording) } }
        : answerVideo(recording, call.request.headers['range']);
    },

    getPreauthenticated({ headers, target }) {
      if (headers['authorization'] !== undefined) {
        throw badRequest('This URL is pre-authenticated. Omit the Authorization header.');
      }
      const [meetingId, id] = decodeToken(/^\/download\/([\w-]+)\?/.exec(target)?.[1] ?? '') ?? [];
      const recording = tenant.recordingsOfMeeting(String(meetingId)).find((candidate) => candidate.id === id);
      if (recording === undefined || target !== preauthenticatedPath(recording)) {
        throw notFound('There is nothing to download at this URL.');
      }
      return answerVideo(recording, headers['range']);
    },
  };
}

function* chunks(video: Video, startByte: number, endByte: number): Iterable<Buffer> {
  const chunkBytes = 64 * 1024;
  for (let at = startByte; at < endByte; at += chunkBytes) {
    yield video.read(at, Math.min(at + chunkBytes, endByte));
  }
}

/**
 * The single byte range that the header requests, its end exclusive. Undefined when it requests none, several or an
 * invalid one, or another unit: a server ignores these. Throws a GraphError with status 416 when the content has no
 * such bytes.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
function parseRange(
  header: string | undefined,
  sizeBytes: number,
): { readonly startByte: number; readonly endByte: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') {
    return undefined;
  }
  const startByte = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const endByte = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) {
    return undefined;
  }
  if (startByte >= endByte) {
    throw new GraphError(416, 'InvalidRange', `The range ${header} is beyond the ${sizeBytes} bytes of the content.`, {
      headers: { 'Content-Range': `bytes */${sizeBytes}` },
    });
  }
  return { startByte, endByte };
}
