import { theme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'
import { applyTheme, FONT, tokensOf, type ThemeName } from '@/shared/theme/tokens'

const STORE = 'chengyun.theme'
const listeners = new Set<() => void>()
let chosen: ThemeName = localStorage.getItem(STORE) === 'dark' ? 'dark' : 'light'
let forced: ThemeName | null = null

const current = (): ThemeName => forced ?? chosen
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function announce(): void {
  applyTheme(current())
  for (const listener of listeners) listener()
}

export const useTheme = (): ThemeName => useSyncExternalStore(subscribe, current)
export const chosenTheme = (): ThemeName => chosen

export function chooseTheme(name: ThemeName): void {
  chosen = name
  localStorage.setItem(STORE, name)
  announce()
}

/** The wall is dark whatever its browser chose. */
export function forceTheme(name: ThemeName | null): void {
  forced = name
  announce()
}

/** Ant Design reads the same tokens as the style sheets, maps and charts. */
export function antTheme(name: ThemeName): ThemeConfig {
  const t = tokensOf(name)
  return {
    algorithm: name === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: t.brand,
      colorInfo: t.brand,
      colorError: t.level.red,
      colorWarning: t.level.orange,
      colorSuccess: t.done,
      colorLink: t.brand,
      colorText: t.ink,
      colorTextSecondary: t.secondary,
      colorTextTertiary: t.tertiary,
      colorTextPlaceholder: t.tertiary,
      colorBorder: t.line,
      colorBorderSecondary: t.line,
      colorBgLayout: t.background,
      colorBgContainer: t.card,
      colorBgElevated: t.card,
      colorTextLightSolid: t.onBrand,
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 6,
      borderRadiusLG: 10,
      controlHeight: 32,
      motion: false,
    },
    components: { Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' } },
  }
}
