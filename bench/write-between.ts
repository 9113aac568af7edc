import { readFileSync, writeFileSync } from 'node:fs';

/** Puts a text between the markers `<!-- NAME:start -->` and `<!-- NAME:end -->` of a file. @throws Error where it hasn't them */
export function writeBetween(file: string, name: string, text: string): void {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const all = readFileSync(file, 'utf8');
  const from = all.indexOf(start);
  const to = all.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has lost its markers ${start} and ${end}.`);
  writeFileSync(file, `${all.slice(0, from + start.length)}\n${text}\n${all.slice(to)}`);
}
