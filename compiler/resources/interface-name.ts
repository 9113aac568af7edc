/** Whether a text is what iptables takes as an interface: a + at its end means any whose name begins so. */
export function isInterfaceName(text: string): boolean {
  // IFNAMSIZ is 16, with the closing zero.
  return /^[A-Za-z0-9_.@-]{1,14}[A-Za-z0-9_.@+-]?$/.test(text) && !text.startsWith('-');
}
