/** The one place for colour: both bundles, the maps and the charts read it. Contrast of text on its ground is ≥ 4.5. */
export type ThemeName = 'light' | 'dark'
export type LevelName = 'red' | 'orange' | 'yellow' | 'blue'

export interface Tokens {
  ink: string
  secondary: string
  tertiary: string
  line: string
  background: string
  card: string
  brand: string
  brandSoft: string
  onBrand: string
  neutralSoft: string
  done: string
  doneSoft: string
  level: Record<LevelName, string>
  levelSoft: Record<LevelName, string>
  /** Dots on the map may be brighter; they carry a rim. */
  dot: Record<LevelName, string>
  rim: string
  shadow: string
}

export const light: Tokens = {
  ink: '#17212b',
  secondary: '#4a5a6a',
  tertiary: '#596877',
  line: '#dfe5ea',
  background: '#f2f5f7',
  card: '#ffffff',
  brand: '#0b5cad',
  brandSoft: '#e6f0fa',
  onBrand: '#ffffff',
  neutralSoft: '#eef2f5',
  done: '#1d7a46',
  doneSoft: '#e5f5ec',
  level: { red: '#c4261d', orange: '#b04e0a', yellow: '#7d6200', blue: '#1b5fc1' },
  levelSoft: { red: '#fdecea', orange: '#fdf0e3', yellow: '#fdf6d8', blue: '#e8f0fd' },
  dot: { red: '#c4261d', orange: '#e07b1a', yellow: '#d6a400', blue: '#2f74dd' },
  rim: '#ffffff',
  shadow: '0 6px 24px rgba(23, 33, 43, 0.14)',
}

export const dark: Tokens = {
  ink: '#e8f1f9',
  secondary: '#8fb8da',
  tertiary: '#86a9c7',
  line: '#12293d',
  background: '#07131f',
  card: '#0b2133',
  brand: '#5db2ff',
  brandSoft: '#0f2f4a',
  onBrand: '#07131f',
  neutralSoft: '#112b41',
  done: '#5fd394',
  doneSoft: '#0f3323',
  level: { red: '#ff6f65', orange: '#ff9d3c', yellow: '#ffd84a', blue: '#5db2ff' },
  levelSoft: { red: '#3a1719', orange: '#3a2611', yellow: '#352d0d', blue: '#0f2f4a' },
  dot: { red: '#ff5a4f', orange: '#ff9d3c', yellow: '#ffd84a', blue: '#5db2ff' },
  rim: '#07131f',
  shadow: '0 6px 24px rgba(0, 0, 0, 0.5)',
}

export const tokensOf = (name: ThemeName): Tokens => (name === 'dark' ? dark : light)

export const FONT =
  '"PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif'

const SIMPLE = [
  'ink', 'secondary', 'tertiary', 'line', 'background', 'card', 'brand', 'brandSoft', 'onBrand',
  'neutralSoft', 'done', 'doneSoft', 'rim', 'shadow',
] as const

/** All tokens as CSS variables: `--ink`, `--level-red`, `--level-red-soft`, `--dot-red` … */
export function cssVariables(name: ThemeName): Record<string, string> {
  const tokens = tokensOf(name)
  const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const variables: Record<string, string> = Object.fromEntries(SIMPLE.map((key) => [`--${kebab(key)}`, tokens[key]]))
  for (const level of Object.keys(tokens.level) as LevelName[]) {
    variables[`--level-${level}`] = tokens.level[level]
    variables[`--level-${level}-soft`] = tokens.levelSoft[level]
    variables[`--dot-${level}`] = tokens.dot[level]
  }
  return variables
}

/** Puts a theme on an element (the page unless told otherwise). */
export function applyTheme(name: ThemeName, root: HTMLElement = document.documentElement): void {
  root.dataset.theme = name
  root.style.colorScheme = name
  for (const [key, value] of Object.entries(cssVariables(name))) root.style.setProperty(key, value)
}
