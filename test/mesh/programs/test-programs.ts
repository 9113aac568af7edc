import type { Program } from '../../../demo/pod/pod-process.ts';
import { addresses } from './addresses.ts';
import { authorizer } from './authorizer.ts';
import { echo } from './echo.ts';
import { grpcApp } from './grpc-app.ts';
import { grpcClient } from './grpc-client.ts';
import { h2cClient } from './h2c-client.ts';
import { grpcHealth, httpsApp } from './health-apps.ts';
import { httpApp } from './http-app.ts';
import { load } from './load.ts';
import { relay } from './relay.ts';
import { tlsClient } from './tls-client.ts';
import { user } from './user.ts';

/** What runs in pods of tests only. */
export const testPrograms: Readonly<Record<string, Program>> = { addresses, authorizer, echo, grpcApp, grpcClient, grpcHealth, h2cClient, httpApp, httpsApp, load, relay, tlsClient, user };
