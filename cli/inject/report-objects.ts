import { printable } from '../terminal/printable.ts';
import type { InjectedObject } from './inject-documents.ts';

/** A line for each workload, and with `explain` the reasons below it. */
export function objectReport(objects: readonly InjectedObject[], explain: boolean): string {
  return objects.map((object) => lines(object, explain).map((line) => `${printable(line)}\n`).join('')).join('');
}

function lines({ kind, namespace, name, file, line, injection }: InjectedObject, explain: boolean): readonly string[] {
  const object = `${kind}/${namespace}/${name}`;
  if ('denied' in injection) return [`${file}:${line}: ${object}: refused: ${injection.denied}`];
  if ('reason' in injection) return explain ? [`${object}: not injected`, `  ${injection.reason}`] : [`${object}: not injected`];
  return [
    `${object}: ${injection.again ? 'injected again' : 'injected'}`,
    ...injection.warnings.map((warning) => `  warning: ${warning}`),
    ...(explain ? injection.explanation.map((sentence) => `  ${sentence}`) : []),
  ];
}

/** The last line, as `2 injected, 1 not, 0 refused`. */
export function summary(objects: readonly InjectedObject[]): string {
  const count = (key: 'patch' | 'reason' | 'denied'): number => objects.filter(({ injection }) => key in injection).length;
  const refused = count('denied');
  return `${count('patch')} injected, ${count('reason')} not, ${refused} refused${refused > 0 ? ': nothing is printed' : ''}\n`;
}
