import { ApiError, ConnectionError, KubeConfigError } from '../../server/kubernetes/client/api-error.ts';
import { Failure } from '../failure.ts';

/** What went wrong with a cluster, as a Failure; any other error as it is. */
export function clusterFailure(error: unknown): unknown {
  if (error instanceof KubeConfigError) {
    return new Failure(error.message, 'Name a kubeconfig with --kubeconfig or $KUBECONFIG, and one of its contexts with --context.');
  }
  if (error instanceof ConnectionError) {
    return new Failure(error.message, connectionFix(error.code));
  }
  if (error instanceof ApiError) {
    return new Failure(`the API server refuses: ${error.message}`, fixes[error.status] ?? '');
  }
  return error;
}

const fixes: Readonly<Record<number, string>> = {
  401: 'Log in again: the credentials of the kubeconfig are not (or no longer) accepted.',
  403: 'Ask for a role that allows it, or name another context with --context.',
  429: 'The API server is busy or starting; try again.',
  503: 'The API server is busy or starting; try again.',
};

function connectionFix(code: string): string {
  if (/CERT|SELF_SIGNED|TLS|SSL|VERIFY/.test(code)) {
    return "The kubeconfig's certificate-authority must be that of the server, and the server's name one of its certificate.";
  }
  return code === 'BROKEN' ? "Is the server's address in the kubeconfig that of the API server?" : 'Is the cluster running, and is its address in the kubeconfig right? kubectl version asks the same server.';
}
