/** For tests: every text by its dotted key. */
export function leaves(tree: object, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(leaves(value as object, `${prefix}${key}.`)),
    ),
  )
}

const KNOWN = /\b(Enter|Esc|Ctrl|Tab|API|Open311|GPS|CSV|PDF|WebP|SHA-256|IP|URL|km|m|kB|MB|j|k|x|K|UTC)\b/g

/** True where a Chinese text holds a Latin word that is no key, unit or proper name. */
export const looksEnglish = (text: string): boolean =>
  /[A-Za-z]{2,}/.test(text.replace(/\{\{.*?\}\}/g, '').replace(KNOWN, ''))
