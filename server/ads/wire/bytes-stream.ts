import type { ServerDuplexStream } from '@grpc/grpc-js';

/** A stream of bytes, as grpc-js gives it to a handler. */
export type BytesStream = ServerDuplexStream<Buffer, Buffer>;

/** What a call is authorized by: grpc-js's call, of any kind. */
export type IdentifiedCall = Pick<BytesStream, 'getAuthContext' | 'getPeer'>;

/** Whom the transport has verified. */
export interface VerifiedPeer {
  /** `spiffe://…` */
  readonly identity: string;
  /** `<namespace>/<pod>`, where its certificate is of one pod alone. */
  readonly pod?: string | undefined;
}

/** Whom the transport has verified, or why that is nobody. */
export type PeerOf = (call: IdentifiedCall) => VerifiedPeer | Error;
