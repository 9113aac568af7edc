/**
 * Which of the resources a proxy's error text names. A name counts where it stands by itself: `a|80` isn't named by
 * `a|80|local`, nor by `a|8080`.
 */
export function namedIn(text: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name !== '' && standsAlone(text, name));
}

/** What names of resources are made of; a full stop only within. */
const within = /[\w|/~:-]/;

function standsAlone(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at);
    const after = text.slice(at + name.length, at + name.length + 2);
    const backwards = `${before.at(-1) ?? ''}${before.at(-2) ?? ''}`;
    if (!goesOn(backwards) && !goesOn(after)) {
      return true;
    }
  }
  return false;
}

/** Whether a name goes on with these two characters. In prose, a colon or a full stop is followed by white space or nothing. */
function goesOn(next: string): boolean {
  const [first = '', second = ''] = next;
  return first === ':' || first === '.' ? within.test(second) && second !== ':' : within.test(first);
}
