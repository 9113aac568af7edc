import { CertificateError } from './certificate-error.ts';
import { type Node, objectIdentifier, printable, sequence, set, utf8 } from './der.ts';

/** One pod, that of this name which there is now. */
export interface PodReference {
  readonly namespace: string;
  readonly name: string;
  /** `metadata.uid` */
  readonly uid: string;
}

/** Attribute types (X.520; RFC 4519) that take names as long as Kubernetes has them: commonName ends at 64 characters, a pod's name at 253. */
const organizationalUnit = '2.5.4.11';
const userId = '0.9.2342.19200300.100.1.1';
const serialNumber = '2.5.4.5';

/** `OU=<namespace>, UID=<pod>, serialNumber=<uid>`; empty without a pod. Throws a CertificateError for what no pod is called. */
export function podSubject(pod: PodReference | undefined): Node {
  if (pod === undefined) {
    return sequence();
  }
  const { namespace, name, uid } = pod;
  if (!/^[a-z0-9-]{1,63}$/.test(namespace) || !/^[a-z0-9.-]{1,253}$/.test(name) || !/^[A-Za-z0-9-]{1,64}$/.test(uid)) {
    throw new CertificateError(`${JSON.stringify(`${namespace}/${name} (${uid})`)} is not a pod`);
  }
  const attribute = (id: string, text: Node): Node => set(sequence(objectIdentifier(id), text));
  return sequence(attribute(organizationalUnit, utf8(namespace)), attribute(userId, utf8(name)), attribute(serialNumber, printable(uid)));
}

/** `<namespace>/<pod>` of a subject as Node's PeerCertificate has it; undefined where it isn't one that podSubject makes. */
export function podOfSubject(subject: object | undefined): string | undefined {
  const { OU: namespace, UID: name, serialNumber: uid } = (subject ?? {}) as Readonly<Record<string, unknown>>;
  return typeof namespace === 'string' && typeof name === 'string' && typeof uid === 'string' ? `${namespace}/${name}` : undefined;
}
