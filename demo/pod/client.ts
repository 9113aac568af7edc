import { type HttpCall, httpCall } from './http-call.ts';
import type { Program } from './pod-process.ts';
import { type TcpCall, tcpCall } from './tcp-call.ts';

/** A client in a pod that does what it is told. */
export const client: Program = async () => ({
  http: (call) => httpCall(call as HttpCall),
  tcp: (call) => tcpCall(call as TcpCall),
});
