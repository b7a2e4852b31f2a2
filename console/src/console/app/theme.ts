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

const slim = matchMedia('(max-width: 720px)')
const onWidth = (listener: () => void) => {
  slim.addEventListener('change', listener)
  return () => slim.removeEventListener('change', listener)
}

/** Whether the window is as narrow as a phone, where fingers press what else a pointer does. */
export const useNarrow = (): boolean => useSyncExternalStore(onWidth, () => slim.matches)
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

const POINTER = { controlHeight: 32 }
const TOUCH = { controlHeight: 44, controlHeightSM: 44 }

/** Ant Design reads the same tokens as the style sheets, maps and charts. */
export function antTheme(name: ThemeName, narrow: boolean): ThemeConfig {
  const t = tokensOf(name)
  return {
    algorithm: name === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: t.brand,
      colorInfo: t.brand,
      colorError: t.level.red,
      colorErrorHover: t.level.red, // the lighter one cannot be read on a button that is hovered
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
      ...(narrow ? TOUCH : POINTER),
      motion: false,
    },
    components: { Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' } },
  }
}
