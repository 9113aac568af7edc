import type { RotationStage } from '../../server/certificates/ca-state.ts';

/** The steps of a rotation, for a person. */
const rotationSteps: readonly { readonly from: RotationStage; readonly words: string }[] = [
  { from: 'none', words: 'Trust a new root beside the old one.' },
  { from: 'trust', words: 'Wait until every proxy has acknowledged both roots; then let the new root sign.' },
  { from: 'replace', words: "Wait until every proxy has acknowledged a certificate of the new root; then drop the old root and its key." },
];

/** The plan, with where it is: what is done, what is next. */
export function rotationPlan(stage: RotationStage): string {
  const next = rotationSteps.findIndex(({ from }) => from === stage);
  const mark = (index: number): string => (index < next ? 'done' : index === next ? 'next' : '    ');
  return rotationSteps.map(({ words }, index) => `${index + 1}. ${mark(index)}  ${words}\n`).join('');
}

/** What is asked before the step that leaves a stage: what no server can know. */
export const confirmations: Readonly<Record<RotationStage, string>> = {
  none: 'Begin?',
  trust: "The servers' own certificates will be of the new root. Do all sidecars' ca.crt hold both roots (smic ca show DIR -o pem)?",
  replace: "Certificates of the old root will be refused. Are all sidecars' tls.crt of the new root (smic ca issue)?",
};

/** The same in a cluster, where pods get the certificate of their own connection from the server, for an hour, and the roots with it. */
export const liveConfirmations: Readonly<Record<RotationStage, string>> = {
  none: confirmations.none,
  trust: "The servers' own certificates will be of the new root. Have all pods, those too that were away, renewed their certificate since both roots are trusted? They do within an hour.",
  replace: 'Certificates of the old root will be refused. Have all pods, those too that were away, renewed their certificate since the new root signs? They do within an hour.',
};

/** What has been reached. */
export const reached: Readonly<Record<RotationStage, string>> = {
  none: 'The old root is no longer trusted, and its key is removed.',
  trust: 'Both roots are trusted; the old one signs.',
  replace: 'The new root signs; both are trusted.',
};
