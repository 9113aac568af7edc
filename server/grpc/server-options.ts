import type { ServerOptions } from '@grpc/grpc-js';

/** What one connection may take, whoever it is. */
export const serverOptions: ServerOptions = {
  // Ten thousand resources that a reconnecting proxy lists with their versions are 1.3 MB.
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  'grpc.max_send_message_length': -1,
  // A sidecar needs one; with each stream comes a key pair.
  'grpc.max_concurrent_streams': 16,
  // Megabytes that a connection's streams may hold before further ones are refused.
  'grpc-node.max_session_memory': 64,
  // Finds connections whose other end is gone without a word.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  // Connections that carry no stream.
  'grpc.max_connection_idle_ms': 60_000,
  'grpc.enable_channelz': 0,
};
