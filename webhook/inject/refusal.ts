/** Why a pod can't be injected and must not run without a sidecar either, in words for whoever wrote the pod. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
