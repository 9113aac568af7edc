import { readBytes, readFields, readText } from './read-fields.ts';
import { WireError } from './wire-error.ts';

/** An envoy.type.matcher.v3.NodeMatcher, as far as it's about the node's id. */
export type NodeMatcher = (nodeId: string) => boolean;

/** The node matchers of an envoy.service.status.v3.ClientStatusRequest. Throws a WireError, also for matchers that aren't known here. */
export function readStatusRequest(bytes: Uint8Array): readonly NodeMatcher[] {
  const matchers: NodeMatcher[] = [];
  readFields(bytes, (field, value) => {
    if (field === 1) {
      matchers.push(readNodeMatcher(readBytes(value)));
    }
  });
  return matchers;
}

/** Without matchers every node is meant, else one that any of them matches. */
export function matchesNode(matchers: readonly NodeMatcher[], nodeId: string): boolean {
  return matchers.length === 0 || matchers.some((matches) => matches(nodeId));
}

function readNodeMatcher(bytes: Uint8Array): NodeMatcher {
  let matcher: NodeMatcher = () => true;
  readFields(bytes, (field, value) => {
    if (field !== 1) {
      throw new WireError('proxies can be chosen by their node id only');
    }
    matcher = readStringMatcher(readBytes(value));
  });
  return matcher;
}

/** exact, prefix, suffix and contains of an envoy.type.matcher.v3.StringMatcher. */
function readStringMatcher(bytes: Uint8Array): NodeMatcher {
  let matcher: NodeMatcher = () => true;
  readFields(bytes, (field, value) => {
    if (field === 1) matcher = equals(readText(value));
    else if (field === 2) matcher = startsWith(readText(value));
    else if (field === 3) matcher = endsWith(readText(value));
    else if (field === 7) matcher = contains(readText(value));
    else throw new WireError('a node id can be matched by exact, prefix, suffix and contains only');
  });
  return matcher;
}

const equals = (text: string): NodeMatcher => (id) => id === text;
const startsWith = (text: string): NodeMatcher => (id) => id.startsWith(text);
const endsWith = (text: string): NodeMatcher => (id) => id.endsWith(text);
const contains = (text: string): NodeMatcher => (id) => id.includes(text);
