/** Text in a Markdown table's cell or in a line of prose. */
export function inline(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** A fenced block. */
export function fenced(text: string, language: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
