import type { CallId, WpUserId } from '../../kernel/ids.js';
import type { Json, JsonObject } from '../../kernel/json.js';

export interface WpFile {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Letters, digits, dots, dashes and underscores of ASCII. */
  readonly name: string;
}

/** A request to WordPress's REST API, made as a user. */
export interface WpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Route without a leading slash, such as `wp/v2/posts/12`. */
  readonly route: string;
  readonly query?: Readonly<Record<string, string | number | readonly (string | number)[] | undefined>>;
  readonly body?: JsonObject;
  /** Sent as it is in place of a body, with its name in Content-Disposition (WP_REST_Attachments_Controller::upload_from_data). */
  readonly file?: WpFile;
  /** Whose rights count; undefined is for the bridge's own routes alone. */
  readonly actingUser?: WpUserId;
  readonly callId?: CallId;
}

/** What came back, or what is known about why nothing did. */
export type WpReply =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: Json;
      /** From `X-WP-Total` and `X-WP-TotalPages`; undefined when absent. */
      readonly total: number | undefined;
      readonly totalPages: number | undefined;
    }
  /** The request never left: WordPress did nothing. */
  | { readonly kind: 'unreachable'; readonly reason: string; readonly retryAfterSeconds?: number }
  /** It left, and no usable answer came: WordPress may have done it. `answered`: something came, which nobody can use. */
  | { readonly kind: 'lost'; readonly reason: string; readonly answered?: true };

/** WordPress's REST API. Never throws for what WordPress or the network does: that is a reply. */
export interface WpClient {
  send(request: WpRequest): Promise<WpReply>;
}
