const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const combining = /^(?:[\p{Mn}\p{Me}]|[\u200b-\u200d]|\ufe0f)$/u;

/** How many columns of a terminal `text` takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (!combining.test(character)) {
      width += wide.test(character) ? 2 : 1;
    }
  }
  return width;
}
