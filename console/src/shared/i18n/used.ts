import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** For tests: every literal key that the sources of a folder ask for, e.g. `queue.empty` or `shared:why.title`. */
export function usedKeys(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name) || name.includes('.test.')) continue
    const source = readFileSync(join(folder, name), 'utf8')
    for (const [, key] of source.matchAll(/\bt\(\s*'([\w.:]+)'/g)) if (key) found.set(key, name)
    for (const [, whole] of source.matchAll(/\bt\(\s*[^'`()]+\?\s*('[^)]*)/g))
      for (const [, key] of (whole ?? '').matchAll(/'([\w]+[.:][\w.]+)'/g)) if (key) found.set(key, name)
  }
  return found
}
