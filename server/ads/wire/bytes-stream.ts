import type { ServerDuplexStream } from '@grpc/grpc-js';

/** A stream of bytes, as grpc-js gives it to a handler. */
export type BytesStream = ServerDuplexStream<Buffer, Buffer>;

/** What a call is authorized by: grpc-js's call, of any kind. */
export type IdentifiedCall = Pick<BytesStream, 'getAuthContext' | 'getPeer'>;

/** The identity (`spiffe://…`) that the transport has verified, or why there is none. */
export type IdentityOf = (call: IdentifiedCall) => string | Error;
